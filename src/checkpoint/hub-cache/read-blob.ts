import type { ByteSource } from '../byte-source.ts';
import { readRange } from '../byte-source.ts';
import { HEADER_LIMITS, LENGTH_BYTES, MAX_HEADER_BYTES } from '../header.ts';
import { checkJsonExtent } from '../json-extent.ts';
import { isJsonObject, parseJson } from '../json.ts';
import { MAX_VOCABULARY_FILE_BYTES } from '../limits.ts';
import { indexedShards, nameOfJson, nameOfText } from './blob-kind.ts';

/** What a blob of the cache turned out to be. */
export type BlobContent =
  | { readonly kind: 'file'; readonly name: string }
  | { readonly kind: 'index'; readonly name: string; readonly shards: ReadonlyMap<string, string> }
  /** A safetensors file, with the names in its header. */
  | { readonly kind: 'weights'; readonly tensors: readonly string[] }
  /** Weights in a format that is not read, with the ending of their name. */
  | { readonly kind: 'foreign weights'; readonly ending: 'bin' | 'gguf' }
  | { readonly kind: 'other' };

/** Enough to tell a text's kind, or that a file is none. */
const HEAD_BYTES = 4096;
const OPENING_BRACE = 0x7b;
/** A zip archive (torch.save since 1.6), a pickle (before), GGUF. */
const FOREIGN: readonly (readonly [ending: 'bin' | 'gguf', start: readonly number[]])[] = [
  ['bin', [0x50, 0x4b, 0x03, 0x04]],
  ['bin', [0x80, 0x02]],
  ['gguf', [0x47, 0x47, 0x55, 0x46]],
];

/**
 * Tells what a blob is by its first bytes; reads a safetensors file's header and a JSON file whole, nothing else.
 *
 * @throws NamedError those of `readRange` and, for a header, of `parseJson`
 */
export async function readBlob(source: ByteSource, file: string): Promise<BlobContent> {
  const head = await readRange(source, 0, Math.min(source.size, HEAD_BYTES), { file });
  const headerBytes = headerLength(head, source.size);
  if (headerBytes !== undefined) {
    const bytes = await readRange(source, LENGTH_BYTES, LENGTH_BYTES + headerBytes, { file });
    const header = parseJson(bytes, file, HEADER_LIMITS);
    if (isJsonObject(header)) {
      return { kind: 'weights', tensors: [...header.keys()].filter((name) => name !== '__metadata__') };
    }
  }
  const foreign = FOREIGN.find(([, start]) => start.every((byte, at) => head[at] === byte));
  if (foreign) return { kind: 'foreign weights', ending: foreign[0] };
  const text = new TextDecoder().decode(head);
  const named = nameOfText(text);
  if (named !== undefined) return { kind: 'file', name: named };
  if (!/^\s*\{/.test(text) || source.size > MAX_VOCABULARY_FILE_BYTES) return { kind: 'other' };
  const json = parsed(await readRange(source, 0, source.size, { file }), file);
  const name = nameOfJson(json);
  if (name === undefined) return { kind: 'other' };
  const shards = indexedShards(json);
  return shards ? { kind: 'index', name, shards } : { kind: 'file', name };
}

/** The header's length where the file begins as a safetensors file does: length, then `{`. */
function headerLength(head: Uint8Array<ArrayBuffer>, size: number): number | undefined {
  if (head.length <= LENGTH_BYTES || head[LENGTH_BYTES] !== OPENING_BRACE) return undefined;
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  return length > 0 && length <= Math.min(MAX_HEADER_BYTES, size - LENGTH_BYTES) ? length : undefined;
}

/** What no file of a checkpoint may hold is data. */
function parsed(bytes: Uint8Array<ArrayBuffer>, file: string): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    checkJsonExtent(text, file);
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
