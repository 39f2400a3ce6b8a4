import { IMAGE_PROCESSING, type ImageProcessing } from '../vlm/image-processing.ts';
import { imageDimensions } from './dimensions.ts';
import type { ImageSize } from './sizes/image-size.ts';
import { checkSize, placeOf } from './gate.ts';
import { exifOrientation } from './orientation.ts';

/**
 * The size of a picture as a profile of image processing sees it, turned as its EXIF orientation says or as stored; read
 * from the file, without decoding. Null where it is no PNG, JPEG or WebP.
 *
 * @throws NamedError `ImageTooLarge`
 */
export async function pictureSize(image: Blob, processing: ImageProcessing): Promise<ImageSize | null> {
  const bytes = new Uint8Array(await image.arrayBuffer());
  const stored = imageDimensions(bytes);
  if (stored) checkSize(stored, placeOf(image));
  if (!stored || !IMAGE_PROCESSING[processing].turned) return stored;
  const onItsSide = (exifOrientation(bytes)?.value ?? 1) > 4;
  return onItsSide ? { width: stored.height, height: stored.width } : stored;
}
