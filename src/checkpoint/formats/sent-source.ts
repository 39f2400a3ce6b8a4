/**
 * Lets a thread read a part of any source: files go as they are, those on servers as what is known of them, encoded tensors as
 * what they are decoded from.
 */
import type { ByteSource } from '../byte-source.ts';
import type { AnyEncoded } from './codecs.ts';
import { DecodedFile } from './decoded-file.ts';
import { DecodedTensor } from './decoded-tensor.ts';
import { releaseKernels } from './integers/kernels.ts';
import { type ServedFacts, ServedFile } from '../served-file.ts';

/** What a message to a thread can hold. */
export type SentSource =
  | { readonly kind: 'blob'; readonly blob: ByteSource & Blob }
  | { readonly kind: 'served'; readonly file: ServedFacts }
  | {
      readonly kind: 'encoded';
      /** See `DecodedTensor.key`. */
      readonly key: string;
      /** Of the `DecodedFile`. */
      readonly name: string;
      readonly tensor: AnyEncoded;
      readonly start: number;
      readonly files: ReadonlyMap<string, SentSource>;
    };

/**
 * What a thread needs to read `[start, end)` of the source, which lie in one tensor; null where it cannot be sent, and is read by
 * whoever has it.
 */
export function toSent(source: ByteSource, start: number): SentSource | null {
  if (source instanceof Blob) return { kind: 'blob', blob: source };
  if (source instanceof ServedFile) return { kind: 'served', file: source.facts };
  const placed = encodedAt(source, start);
  if (!placed) return null;
  const files = new Map<string, SentSource>();
  for (const { file, start: from } of Object.values(placed.tensor.parts)) {
    const part = placed.files.get(file);
    const sent = part ? toSent(part, from) : null;
    if (sent === null) return null;
    files.set(file, sent);
  }
  const { key, name, tensor, start: begins } = placed;
  return { kind: 'encoded', key, name, tensor, start: begins, files };
}

/** The encoded tensor that holds the byte at `position` of the source, if any does. */
export function encodedAt(source: ByteSource, position: number): DecodedTensor | undefined {
  if (source instanceof DecodedTensor) return source;
  return source instanceof DecodedFile ? source.tensorAt(position) : undefined;
}

/** Tensors that a thread has just read parts of: the next piece is often one of the same. */
const KEPT = 2;
/** Milliseconds after which a thread that is asked for nothing more lets go of them: a matrix of a 7B is 34 MB. */
const IDLE_MS = 2000;
const recent = new Map<string, DecodedTensor>();
let idle: ReturnType<typeof setTimeout> | undefined;

/** The source again, in the thread that it was sent to. */
export function fromSent(sent: SentSource): ByteSource {
  if (sent.kind === 'blob') return sent.blob;
  if (sent.kind === 'served') return new ServedFile(sent.file);
  const { key, name, tensor, start, files } = sent;
  const known = recent.get(key) ?? new DecodedTensor(name, tensor, start, revived(files), key);
  recent.delete(key);
  recent.set(key, known);
  const [[oldest, left] = []] = recent;
  if (recent.size > KEPT && oldest !== undefined) {
    recent.delete(oldest);
    left?.forget();
  }
  clearTimeout(idle);
  idle = setTimeout(letGo, IDLE_MS);
  return known;
}

function letGo(): void {
  for (const tensor of recent.values()) tensor.forget();
  recent.clear();
  releaseKernels();
}

function revived(files: ReadonlyMap<string, SentSource>): ReadonlyMap<string, ByteSource> {
  return new Map([...files].map(([file, sent]) => [file, fromSent(sent)]));
}
