import { GState, jsPDF } from 'jspdf';
import { svg2pdf } from 'svg2pdf.js';
import { PdfFaces } from './pdf-faces.ts';
import { withoutTexts } from './png.ts';
import { laidOut, type Picture } from './standalone-svg.ts';
import { type TextRun, textRuns } from './text-runs.ts';

/** Points a pixel of CSS. */
const POINTS = 0.75;
/** Pixels of a letter that no embedded face has, per pixel of the page. */
const DENSITY = 4;

/** What a PDF says of itself. */
export interface PdfFacts {
  readonly title: string;
  readonly subject: string;
  readonly keywords: string;
  readonly creator: string;
  readonly date: Date;
  /** The whole of it, for programs. */
  readonly metadata: string;
}

/**
 * A picture as a PDF of one page: marks as paths, texts as text in embedded faces, where the browser put them. A text in letters that
 * no embedded face has is drawn as a picture, with what it says beside it (`ActualText`).
 */
export async function pdf(picture: Picture, facts: PdfFacts): Promise<Blob> {
  const [width, height] = [picture.width * POINTS, picture.height * POINTS];
  const orientation = width > height ? 'landscape' : 'portrait';
  const document = new jsPDF({
    ...{ unit: 'pt', format: [width, height], orientation },
    ...{ compress: true, putOnlyUsedFonts: true },
  });
  const faces = new PdfFaces(document);
  await faces.fetch(laidOut(picture, (svg) => textRuns(svg)));
  const runs = laidOut(picture, (svg) => textRuns(svg, (letter, look) => faces.faceOf(letter, look)));
  await svg2pdf(seamless(withoutTexts(picture)), document, { x: 0, y: 0, width, height });
  for (const run of runs) write(document, faces, run, picture.ground);
  const { title, subject, keywords, creator } = facts;
  document.setDocumentProperties({ title, subject, keywords, creator });
  document.setCreationDate(facts.date);
  document.addMetadata(facts.metadata, 'urn:frankenscope:');
  return document.output('blob');
}

/** Cells that touch are drawn a hair larger: where edges are smoothed, what is behind would shine through between them. */
function seamless(marks: SVGSVGElement): SVGSVGElement {
  for (const cell of marks.querySelectorAll('[shape-rendering="crispedges" i] :is(path, rect)')) {
    const fill = cell.getAttribute('fill');
    if (fill === null || fill === 'none' || (cell.getAttribute('stroke') ?? 'none') !== 'none') continue;
    cell.setAttribute('stroke', fill);
    cell.setAttribute('stroke-width', '0.4');
  }
  return marks;
}

function write(document: jsPDF, faces: PdfFaces, run: TextRun, ground: string): void {
  const { text, place, width, size, fill, opacity, halo } = run;
  const face = faces.faceOf([...text][0] ?? '', run);
  const [x, y] = [place.e * POINTS, place.f * POINTS];
  const scale = Math.hypot(place.a, place.b);
  const high = size * scale * POINTS;
  const long = width * scale * POINTS;
  document.saveGraphicsState();
  if (halo && place.b === 0) {
    // Letters drawn twice would be read twice.
    const about = (halo.width / 2) * scale * POINTS;
    document.setFillColor(...channels(ground));
    document.rect(x - about, y - 0.78 * high - about, long + 2 * about, high + 2 * about, 'F');
  }
  if (opacity < 1) document.setGState(new GState({ opacity }));
  if (face === null) drawn(document, run, { x, y, high, long });
  else {
    document.setFont(face, 'normal');
    document.setFontSize(high);
    document.setTextColor(...channels(fill));
    const natural = (faces.widthOf(text, face) / 1000) * high;
    const angle = (-Math.atan2(place.b, place.a) * 180) / Math.PI;
    document.text(text, x, y, {
      ...(angle === 0 ? {} : { angle }),
      horizontalScale: natural > 0 ? long / natural : 1,
    });
  }
  document.restoreGraphicsState();
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly high: number;
  readonly long: number;
}

/** As a picture, in the letters of the page. */
function drawn(document: jsPDF, { text, size, width, family, weight, slant, fill }: TextRun, box: Box): void {
  const canvas = globalThis.document.createElement('canvas');
  canvas.width = Math.ceil(width * DENSITY);
  canvas.height = Math.ceil(size * 1.4 * DENSITY);
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(DENSITY, DENSITY);
  context.font = `${slant} ${weight} ${size}px ${family}`;
  context.fillStyle = fill;
  context.fillText(text, 0, size);
  const codes = Array.from({ length: text.length }, (_, i) =>
    text.charCodeAt(i).toString(16).padStart(4, '0'),
  ).join('');
  const { write: raw } = document.internal as unknown as { readonly write: (line: string) => void };
  raw(`/Span <</ActualText <FEFF${codes}>>> BDC`);
  const image = canvas.toDataURL('image/png');
  document.addImage(image, 'PNG', box.x, box.y - box.high, box.long, box.high * 1.4);
  raw('EMC');
}

/** Of a colour as the browser computes it: red, green, blue from 0 to 255. */
function channels(colour: string): [number, number, number] {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return [0, 0, 0];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
