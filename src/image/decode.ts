import { type ErrorPlace, NamedError } from '../named-error.ts';
import { DEFAULT_IMAGE_PROCESSING, IMAGE_PROCESSING, type ImageProcessing } from '../vlm/image-processing.ts';
import type { DecodedImage } from './decoded-image.ts';
import { checkSize, placeOf, readPicture } from './gate.ts';
import { opaqueGif } from './gif.ts';
import { exifOrientation, untilted, upright } from './orientation.ts';
import { isReadExactly, type OnWhite, pngPixels } from './png.ts';
import { plainPng } from './plain-png.ts';
import { barePng } from './png-inflated.ts';

/** Pixels read back at a time: keeps the canvas and its copy small beside the image itself. */
const STRIP_PIXELS = 2 ** 20;

/**
 * Reads an image file of any kind the browser knows, in a page or a worker, to the pixels that the profile's transformers and
 * Pillow make of it (docs/images.md): turned as its EXIF orientation says or not, transparency laid on white or dropped.
 * Colour profiles are not applied. A PNG's bytes come out exactly; half-transparent pixels of other files may differ
 * from Pillow's by one step, because a canvas multiplies by alpha.
 *
 * @throws NotAnImage when the browser cannot decode the file.
 * @throws UnsupportedImage, ImageTooLarge of `checkPicture`, before anything is decoded.
 * @throws CanvasBlocked when the browser's privacy protection falsifies pixels.
 */
export async function decodeImage(
  file: Blob,
  processing: ImageProcessing = DEFAULT_IMAGE_PROCESSING,
): Promise<DecodedImage> {
  const place = placeOf(file);
  const unreadable = (cause: unknown): never => {
    throw new NamedError(
      'NotAnImage',
      `the browser cannot read the file as an image (${file.type === '' ? 'unknown type' : file.type}, ${file.size} bytes)`,
      place,
      'Choose a PNG, JPEG or WebP file.',
      { cause },
    );
  };
  const { turned, onWhite } = IMAGE_PROCESSING[processing];
  const bytes = await readPicture(file);
  const plain = await plainPng(bytes);
  if (plain) return plain;
  const orientation = exifOrientation(bytes);
  // Nothing that the browser would do by itself: neither turn the pixels nor, where it is dropped, apply transparency.
  const opaque = onWhite === 'rgba' ? opaqueGif(bytes) : null;
  const changed = orientation === null ? opaque : untilted(bytes, orientation);
  const asStored = changed === null ? file : new Blob([changed], { type: file.type });
  const exact = await exactly(bytes, onWhite).catch(unreadable);
  const decoded = exact ?? (await byBrowser(asStored, place, unreadable));
  return turned ? upright(decoded, orientation?.value ?? 1) : decoded;
}

async function exactly(bytes: Uint8Array<ArrayBuffer>, onWhite: OnWhite): Promise<DecodedImage | null> {
  if (!isReadExactly(bytes)) return null;
  const bare = await barePng(bytes);
  return bare && pngPixels(bare, onWhite);
}

async function byBrowser(
  file: Blob,
  place: ErrorPlace,
  unreadable: (cause: unknown) => never,
): Promise<DecodedImage> {
  checkCanvas();
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' }).catch(unreadable);
  try {
    checkSize(bitmap, place);
    return { width: bitmap.width, height: bitmap.height, rgb: readOnWhite(bitmap) };
  } finally {
    bitmap.close();
  }
}

function context(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const canvas = new OffscreenCanvas(width, height);
  // Read back often, hence kept in main memory, where nothing is rounded on the way.
  const found = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (found === null) {
    throw new NamedError(
      'CanvasBlocked',
      `the browser gives no canvas of ${width} × ${height}`,
      {},
      'Close other tabs.',
    );
  }
  return found;
}

function readOnWhite(bitmap: ImageBitmap): Uint8Array {
  const { width, height } = bitmap;
  const rows = Math.min(height, Math.max(1, Math.floor(STRIP_PIXELS / width)));
  const strip = context(width, rows);
  strip.fillStyle = 'white';
  const rgb = new Uint8Array(width * height * 3);
  for (let top = 0, to = 0; top < height; top += rows) {
    strip.fillRect(0, 0, width, rows);
    strip.drawImage(bitmap, 0, -top);
    const { data } = strip.getImageData(0, 0, width, Math.min(rows, height - top));
    for (let from = 0; from < data.length; from += 4) {
      rgb[to++] = data[from] ?? 0;
      rgb[to++] = data[from + 1] ?? 0;
      rgb[to++] = data[from + 2] ?? 0;
    }
  }
  return rgb;
}

/** Whether this thread's canvas has given back what was put in: it is tried once. */
let canvasIsTrue = false;

/**
 * Some browsers protect against fingerprinting by adding noise to what a canvas gives back. The model would see
 * that noise and nobody would know: try with pixels we know.
 */
function checkCanvas(): void {
  if (canvasIsTrue) return;
  const probe = context(64, 64);
  const { data } = probe.createImageData(64, 64);
  for (let i = 0; i < data.length; i++) data[i] = i % 4 === 3 ? 255 : (i * 31) % 251;
  probe.putImageData(new ImageData(data, 64, 64), 0, 0);
  const back = probe.getImageData(0, 0, 64, 64).data;
  canvasIsTrue = data.every((value, i) => value === back[i]);
  if (canvasIsTrue) return;
  throw new NamedError(
    'CanvasBlocked',
    "the browser's fingerprinting protection changes image pixels",
    {},
    'Allow canvas access for this site, then try again.',
  );
}
