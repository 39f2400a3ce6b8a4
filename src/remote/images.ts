import { NamedError } from '../named-error.ts';
import type { RemoteImage } from './dialects/dialect.ts';

const SIGNATURES: readonly {
  readonly type: string;
  readonly at: number;
  readonly bytes: readonly number[];
}[] = [
  { type: 'image/png', at: 0, bytes: [0x89, 0x50, 0x4e, 0x47] },
  { type: 'image/jpeg', at: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', at: 0, bytes: [0x47, 0x49, 0x46, 0x38] },
  { type: 'image/webp', at: 8, bytes: [0x57, 0x45, 0x42, 0x50] },
];

/** The media type by the file's first bytes, of the four that services take; undefined for any other. */
export function mediaType(bytes: Uint8Array): string | undefined {
  return SIGNATURES.find(({ at, bytes: signature }) => signature.every((byte, i) => bytes[at + i] === byte))
    ?.type;
}

/** A picture as requests carry it. @throws NamedError `NotAnImage` where services would not take it. */
export async function remoteImage(file: Blob): Promise<RemoteImage> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const type = mediaType(bytes);
  if (type) return { mediaType: type, base64: base64(bytes) };
  throw new NamedError('NotAnImage', 'services take PNG, JPEG, GIF and WebP', {}, 'convert the image');
}

const CHUNK = 2 ** 15;

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}
