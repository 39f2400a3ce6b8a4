import { NamedError } from '../../../named-error.ts';

/** Pixels of the picture per pixel of the page. */
const DENSITY = 2;

/** A standalone SVG as a PNG, twice as fine as the page. */
export async function png(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * DENSITY);
    canvas.height = Math.round(image.naturalHeight * DENSITY);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob) return blob;
  } catch (cause) {
    throw failure(cause);
  } finally {
    URL.revokeObjectURL(url);
  }
  throw failure(null);
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
