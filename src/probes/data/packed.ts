/** Compressed lists, which are refused by name: rows are read where they lie, and within such a file none can be found again. */
import { NamedError } from '../../named-error.ts';
import { readBytes } from './file-pieces.ts';

/** What each kind of file begins with, and what unpacks it. */
const KINDS: readonly (readonly [kind: string, beginning: readonly number[], command: string])[] = [
  ['gzip', [0x1f, 0x8b], 'gunzip -k'],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd], 'zstd -d'],
  ['bzip2', [0x42, 0x5a, 0x68], 'bunzip2 -k'],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz -dk'],
  ['lz4', [0x04, 0x22, 0x4d, 0x18], 'lz4 -d'],
  ['zip', [0x50, 0x4b, 0x03, 0x04], 'unzip'],
];

const NAMES = /\.(?:gz|zst|bz2|xz|lz4|zip)$/i;

/** The path without the ending of a compressed file; undefined where it has none. */
export function packedName(path: string): string | undefined {
  return NAMES.test(path) ? path.replace(NAMES, '') : undefined;
}

/** @throws NamedError `CompressedFile`; those of `readBytes` */
export async function refusePacked(file: Blob, path: string): Promise<void> {
  const bytes = await readBytes(file, 0, Math.min(8, file.size), path);
  const found = KINDS.find(([, beginning]) => beginning.every((byte, at) => bytes[at] === byte));
  if (!found) return;
  const [kind, , command] = found;
  throw new NamedError(
    'CompressedFile',
    `it is compressed with ${kind}; lists are read row by row where they lie`,
    { file: path },
    `unpack it first: ${command} ${path.split('/').at(-1) ?? path}`,
  );
}
