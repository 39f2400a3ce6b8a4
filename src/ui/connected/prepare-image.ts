import { imageDimensions } from '../../image/dimensions.ts';
import { readPicture } from '../../image/gate.ts';
import { NamedError } from '../../named-error.ts';
import { mediaType } from '../../remote/images.ts';

/**
 * A picture as it may be sent: as it is where it has at most `maxPixels` and a form that services take, else scaled down,
 * as a PNG.
 *
 * @throws NamedError `NotAnImage` where the browser cannot read it; `UnsupportedImage`, `ImageTooLarge` before it is decoded.
 */
export async function prepareImage(image: Blob, maxPixels: number): Promise<Blob> {
  const bytes = await readPicture(image);
  const size = imageDimensions(bytes);
  if (size && size.width * size.height <= maxPixels && mediaType(bytes)) return image;
  const bitmap = await createImageBitmap(image).catch((cause: unknown) => {
    throw new NamedError('NotAnImage', 'the browser cannot read the image', {}, 'give PNG, JPEG or WebP', {
      cause,
    });
  });
  const scale = Math.min(1, Math.sqrt(maxPixels / (bitmap.width * bitmap.height)));
  const [width, height] = [bitmap.width, bitmap.height].map((side) =>
    Math.max(1, Math.floor(side * scale)),
  ) as [number, number];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas.convertToBlob({ type: 'image/png' });
}
