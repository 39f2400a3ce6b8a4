import { NamedError } from '../../named-error.ts';
import { pictureSize } from '../../image/picture-size.ts';
import { DEFAULT_IMAGE_PROCESSING, type ImageProcessing } from '../../vlm/image-processing.ts';
import { crc32 } from '../../work/crc32.ts';

export interface BlackImage {
  readonly file: Blob;
  readonly width: number;
  readonly height: number;
}

/**
 * A black picture of the same size as another is seen in: the control of docs/method.md §7.2. The size is read from the file, without
 * decoding.
 *
 * @throws NamedError `NotAnImage` where it is none we know (PNG, JPEG, WebP, GIF, BMP).
 */
export async function blackImageLike(
  image: Blob,
  processing: ImageProcessing = DEFAULT_IMAGE_PROCESSING,
): Promise<BlackImage> {
  const size = await pictureSize(image, processing);
  if (!size) {
    throw new NamedError('NotAnImage', 'the size of the image is unknown', {}, 'give PNG, JPEG or WebP');
  }
  const png = await blackPng(size.width, size.height);
  return { file: new Blob([png], { type: 'image/png' }), ...size };
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** One bit a pixel, all 0: black. */
async function blackPng(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([1, 0, 0, 0, 0], 8);
  const lines = new Blob([new Uint8Array((1 + Math.ceil(width / 8)) * height)]);
  const deflated = lines.stream().pipeThrough(new CompressionStream('deflate'));
  const pixels = new Uint8Array(await new Response(deflated).arrayBuffer());
  const chunks = [chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', new Uint8Array())];
  return new Uint8Array(await new Blob([Uint8Array.from(SIGNATURE), ...chunks]).arrayBuffer());
}

/** Length, name, content, and the checksum of name and content. */
function chunk(name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(content, 8);
  view.setUint32(content.length + 8, crc32(bytes.subarray(4, content.length + 8)));
  return bytes;
}
