/** TensorProto: what a tensor of an ONNX model is, and which bytes of which file hold it. */
import type { CheckpointFiles } from '../../byte-source.ts';
import type { Dtype } from '../../dtype.ts';
import { MAX_DIMENSIONS, MAX_NAME_CHARACTERS, overLimit } from '../../limits.ts';
import { NamedError } from '../../../named-error.ts';
import { DELIMITED, type Field, type MessageReader } from './protobuf.ts';

/** Codes of TensorProto.DataType. */
export const FLOAT = 1;
export const UINT8 = 2;
export const INT8 = 3;
export const FLOAT16 = 10;
export const BFLOAT16 = 16;
export const UINT4 = 21;
export const INT4 = 22;

/** Bits of an element, of the types whose values are stored one after the other. */
const BITS = new Map<number, number>([
  [FLOAT, 32],
  [UINT8, 8],
  [INT8, 8],
  [4, 16],
  [5, 16],
  [6, 32],
  [7, 64],
  [9, 8],
  [FLOAT16, 16],
  [11, 64],
  [12, 32],
  [13, 64],
  [BFLOAT16, 16],
  [17, 8],
  [18, 8],
  [19, 8],
  [20, 8],
  [UINT4, 4],
  [INT4, 4],
  [23, 4],
  [24, 8],
  [25, 2],
  [26, 2],
]);

/** The floating-point types that are read, in the spelling of safetensors. */
const FLOATS = new Map<number, 'F32' | 'F16' | 'BF16'>([
  [FLOAT, 'F32'],
  [FLOAT16, 'F16'],
  [BFLOAT16, 'BF16'],
]);

/** Null for a type that is no number with a fraction of 16 or 32 bits. */
export function floatDtype(type: number): Extract<Dtype, 'F32' | 'F16' | 'BF16'> | null {
  return FLOATS.get(type) ?? null;
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  /** Where the values lie; the values themselves where a file spells them as numbers; null where they are not stored as bytes. */
  readonly data:
    { readonly file: string; readonly start: number; readonly end: number } | Uint8Array<ArrayBuffer> | null;
}

/** What spells values out as numbers: zero points and scales of a channel at most. */
const MAX_SPELLED = 2 ** 18;
const REMEDY = 'download the model and its data files again, or export it anew';

interface Parts {
  name: string;
  readonly dims: number[];
  type: number;
  raw: Field | null;
  floats: Field | null;
  readonly numbers: number[];
  readonly external: Map<string, string>;
  isExternal: boolean;
  segmented: boolean;
}

/**
 * @param field the message
 * @param files the folder, for values that lie in a file beside the model
 * @throws NamedError `InvalidOnnx`, `InvalidTensor` for dimensions and ranges that do not fit each other, `MissingFile`, `BadPath`,
 * `OverLimit`
 */
export async function readTensor(
  reader: MessageReader,
  field: Field,
  depth: number,
  files: CheckpointFiles,
): Promise<OnnxTensor> {
  const parts: Parts = {
    ...{ name: '', dims: [], type: 0, raw: null, floats: null, numbers: [], external: new Map() },
    ...{ isExternal: false, segmented: false },
  };
  await reader.walk(field, depth, async (inner) => {
    switch (inner.number) {
      case 1:
        parts.dims.push(...(await reader.integers(inner, MAX_DIMENSIONS)));
        return;
      case 2:
        parts.type = await reader.integer(inner);
        return;
      case 3:
        parts.segmented = true;
        return;
      case 4:
        parts.segmented ||= parts.floats !== null || inner.wire !== DELIMITED;
        parts.floats = inner;
        return;
      case 5: {
        const more = await reader.integers(inner, MAX_SPELLED);
        if (parts.numbers.length + more.length > MAX_SPELLED) {
          throw overLimit('numbers spelled out', parts.numbers.length + more.length, MAX_SPELLED, {
            file: reader.file,
          });
        }
        for (const number of more) parts.numbers.push(number);
        return;
      }
      case 8:
        parts.name = await reader.text(inner, MAX_NAME_CHARACTERS);
        return;
      case 9:
        parts.raw = inner;
        return;
      case 13: {
        const [key, value] = await readEntry(reader, inner, depth + 1);
        parts.external.set(key, value);
        return;
      }
      case 14:
        parts.isExternal = (await reader.integer(inner)) === 1;
    }
  });
  const place = { file: reader.file, tensor: parts.name };
  const bytes = expectedBytes(parts, place);
  const { name, dims, type } = parts;
  return { name, dims, type, data: bytes === null ? null : locate(parts, bytes, files, place) };
}

/** A StringStringEntryProto. */
export async function readEntry(
  reader: MessageReader,
  field: Field,
  depth: number,
): Promise<readonly [key: string, value: string]> {
  let [key, value] = ['', ''];
  await reader.walk(field, depth, async (inner) => {
    if (inner.number === 1) key = await reader.text(inner, MAX_NAME_CHARACTERS);
    if (inner.number === 2) value = await reader.text(inner, 4 * MAX_NAME_CHARACTERS);
  });
  return [key, value];
}

interface Place {
  readonly file: string;
  readonly tensor: string;
}

/** Null for types without bytes of their own. */
function expectedBytes({ dims, type, segmented }: Parts, place: Place): number | null {
  const bits = BITS.get(type);
  if (dims.length > MAX_DIMENSIONS) throw overLimit('dimensions', dims.length, MAX_DIMENSIONS, place);
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const shape = `[${dims.slice(0, 8).join(', ')}]`;
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(elements * 8)) {
    throw new NamedError('InvalidTensor', `its shape ${shape} is impossible`, place, REMEDY);
  }
  if (segmented) throw new NamedError('InvalidTensor', 'its values come in pieces', place, REMEDY);
  return bits === undefined ? null : Math.ceil((elements * bits) / 8);
}

function locate(parts: Parts, bytes: number, files: CheckpointFiles, place: Place): OnnxTensor['data'] {
  const { raw, floats, numbers, type } = parts;
  if (parts.isExternal) return externalRange(parts.external, bytes, files, place);
  const stored = raw ?? (type === FLOAT ? floats : null);
  if (stored) {
    if (stored.end - stored.start !== bytes) throw wrongLength(stored.end - stored.start, bytes, place);
    return { file: place.file, start: stored.start, end: stored.end };
  }
  if (numbers.length > 0) return spelledOut(numbers, bytes, type, place);
  return bytes === 0 ? new Uint8Array(0) : null;
}

/** int32_data: a number an element, or for 4 bits two elements; float16 by its bits. */
function spelledOut(
  numbers: readonly number[],
  bytes: number,
  type: number,
  place: Place,
): OnnxTensor['data'] {
  const size = type === FLOAT16 || type === BFLOAT16 ? 2 : 1;
  if ((BITS.get(type) ?? 0) > 8 * size) return null;
  if (numbers.length * size !== bytes) throw wrongLength(numbers.length * size, bytes, place);
  const values = size === 2 ? Uint16Array.from(numbers) : Uint8Array.from(numbers);
  return new Uint8Array(values.buffer);
}

/** Values in a file of the model's own folder. */
function externalRange(
  entries: ReadonlyMap<string, string>,
  bytes: number,
  files: CheckpointFiles,
  place: Place,
): OnnxTensor['data'] {
  const location = (entries.get('location') ?? '').replace(/^\.\//, '');
  const offset = wholeNumber(entries.get('offset') ?? '0', place);
  const length = wholeNumber(entries.get('length') ?? String(bytes), place);
  if (location === '' || /^[/\\]|^[A-Za-z]:|\\|\0|(^|\/)\.\.?(\/|$)/.test(location)) {
    const what = `its values are said to lie in ${JSON.stringify(location)}, which is no file of the folder`;
    throw new NamedError('BadPath', what, place, 'export the model with its data file beside it');
  }
  const file = place.file.slice(0, place.file.lastIndexOf('/') + 1) + location;
  const source = files.get(file);
  if (source === undefined) {
    const remedy = 'add it, of the same download; browsers list no links: copy the file itself there';
    throw new NamedError(
      'MissingFile',
      `its values lie in ${file}, which is not in the folder`,
      place,
      remedy,
    );
  }
  if (length !== bytes) throw wrongLength(length, bytes, place);
  if (offset + length > source.size) {
    const what = `its values end at byte ${offset + length} of ${file}, which has ${source.size}`;
    throw new NamedError('TruncatedFile', what, place, REMEDY);
  }
  return { file, start: offset, end: offset + length };
}

function wholeNumber(text: string, place: Place): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new NamedError('InvalidTensor', `${JSON.stringify(text)} is no place in a file`, place, REMEDY);
}

function wrongLength(found: number, expected: number, place: Place): NamedError {
  return new NamedError(
    'InvalidTensor',
    `it has ${found} bytes, its type and shape want ${expected}`,
    place,
    REMEDY,
  );
}
