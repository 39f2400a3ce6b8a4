import { NamedError } from '../../../named-error.ts';
import { withTexts } from './png-texts.ts';
import { laidOut, type Picture } from './standalone-svg.ts';
import { type TextRun, textRuns } from './text-runs.ts';

/** Pixels of the picture per pixel of the page. */
const DENSITY = 2;

/**
 * A picture as a PNG, twice as fine as the page. Marks are drawn from the SVG, texts by the page: an SVG that is drawn as an image
 * has faces of its own, and no event tells when these are there. The page's are there before the picture is made.
 *
 * @param texts written into the file, by keyword: what a person or program finds in it
 * @throws NamedError `PictureFailed`
 */
export async function png(picture: Picture, texts: Readonly<Record<string, string>> = {}): Promise<Blob> {
  try {
    const runs = laidOut(picture, (svg) => textRuns(svg));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * DENSITY);
    canvas.height = Math.round(picture.height * DENSITY);
    const context = canvas.getContext('2d');
    if (context) {
      context.drawImage(await marksOf(picture), 0, 0, canvas.width, canvas.height);
      for (const run of runs) write(context, run);
    }
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (context && blob)
      return new Blob([withTexts(new Uint8Array(await blob.arrayBuffer()), texts)], { type: 'image/png' });
  } catch (cause) {
    throw failure(cause);
  }
  throw failure(null);
}

/** Everything but the texts. */
export function withoutTexts({ svg }: Pick<Picture, 'svg'>): SVGSVGElement {
  const marks = svg.cloneNode(true) as SVGSVGElement;
  for (const one of marks.querySelectorAll('text, title, desc, metadata')) one.remove();
  return marks;
}

async function marksOf(picture: Picture): Promise<HTMLImageElement> {
  const text = new XMLSerializer().serializeToString(withoutTexts(picture));
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** As wide as the browser laid it out, whatever a canvas knows of its letters' forms. */
function write(context: CanvasRenderingContext2D, run: TextRun): void {
  const { text, place, width, size, family, weight, slant, fill, opacity, halo } = run;
  context.setTransform(new DOMMatrix().scale(DENSITY).multiply(place));
  context.font = `${slant} ${weight} ${size}px ${family}`;
  const measured = context.measureText(text).width;
  if (measured > 0) context.scale(width / measured, 1);
  context.globalAlpha = opacity;
  if (halo) {
    context.strokeStyle = halo.colour;
    context.lineWidth = halo.width;
    context.lineJoin = 'round';
    context.strokeText(text, 0, 0);
  }
  context.fillStyle = fill;
  context.fillText(text, 0, 0);
}

function failure(cause: unknown): NamedError {
  return new NamedError(
    'PictureFailed',
    'the chart could not be drawn as a PNG',
    {},
    'export it as SVG, or narrow the window and try again',
    { cause },
  );
}
