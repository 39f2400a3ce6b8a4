import type { ErrorName } from '../error-name.ts';
import { lfsPointer } from '../lfs-pointer.ts';
import { type ErrorPlace, NamedError } from '../named-error.ts';
import type { ByteSource } from './byte-source.ts';
import { readRange } from './byte-source.ts';
import type { Dtype, UnreadDtype } from './dtype.ts';
import { asDtype, isRead } from './dtype.ts';
import { bitsOfTensor, headerNumber, NoSize } from './header-numbers.ts';
import type * as json from './json.ts';
import { isJsonObject, parseJsonWith } from './json.ts';
import { MAX_DIMENSIONS, MAX_NAME_CHARACTERS, MAX_TENSORS } from './limits.ts';
import { listing } from './listing.ts';

/** The format's own limit; a 7B model's header is some 80 kB. */
export const MAX_HEADER_BYTES = 100_000_000;
/** The little-endian u64 in front that holds the header's length. */
export const LENGTH_BYTES = 8;
type JsonValue = json.JsonValue<number | NoSize>;
type JsonObject = json.JsonObject<number | NoSize>;

const METADATA_KEY = '__metadata__';
/** Lists are shapes and offsets; beside the tensors an object can hold the metadata. */
export const HEADER_LIMITS: json.JsonLimits = {
  listItems: MAX_DIMENSIONS,
  keys: MAX_TENSORS + 1,
  keyCharacters: MAX_NAME_CHARACTERS,
};
/** What a Git LFS pointer, left in place of the real file, begins with. */
const LFS_POINTER_START = 'version ';

/** One tensor of one file. `start` and `end` are absolute byte offsets in the file. */
export interface StoredTensor {
  readonly storedName: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** `end - start`. */
  readonly bytes: number;
}

/** One tensor of a dtype that is not read: it may lie there, as long as nobody asks for its values. */
export interface UnreadTensor extends Omit<StoredTensor, 'dtype'> {
  readonly dtype: UnreadDtype;
}

export interface SafetensorsHeader {
  /** In the order of their bytes in the file. */
  readonly tensors: readonly StoredTensor[];
  /** Likewise. */
  readonly unread: readonly UnreadTensor[];
  readonly metadata: ReadonlyMap<string, string>;
  /** The header as it lies in the file, for hashing. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads and checks the header of a safetensors file in two reads (length, header); no tensor is touched. Accepts
 * exactly: a header of at most 100 MB inside the file; UTF-8 JSON with no key twice; `__metadata__` of strings, or
 * null; dtypes that the format names; dims and offsets that are safe integers, written in digits alone; ranges as long as shape × dtype,
 * starting at 0, touching, and ending at the end of the file. White space around the header, and fields the format
 * does not name, are passed over, as the reference implementation (safetensors 0.8) does.
 *
 * @throws NamedError naming file, tensor, value and limit: `FileTooShort`, `LfsPointer`, `HeaderTooLarge`,
 * `HeaderOutsideFile`, `OverLimit`, `NotUtf8`, `InvalidJson`, `DuplicateKey`, `InvalidHeader`, `InvalidMetadata`,
 * `InvalidTensor`, `UnknownDtype`, `InvalidShape`, `InvalidOffsets`, `SizeMismatch`, `OverlappingTensors`,
 * `HoleInFile`, `TruncatedFile`, `TrailingBytes`, and those of `readRange`.
 */
export async function readHeader(source: ByteSource, file: string): Promise<SafetensorsHeader> {
  if (source.size < LENGTH_BYTES) {
    throw new NamedError(
      'FileTooShort',
      `${source.size} bytes cannot hold the ${LENGTH_BYTES} bytes of a header length`,
      { file },
      'the file is cut off: download it again',
    );
  }
  const length = headerLength(await readRange(source, 0, LENGTH_BYTES, { file }), source.size, file);
  const dataStart = LENGTH_BYTES + length;
  const bytes = await readRange(source, LENGTH_BYTES, dataStart, { file });
  const header = parseJsonWith(bytes, file, headerNumber, HEADER_LIMITS);
  if (!isJsonObject(header)) {
    throw damaged('InvalidHeader', 'the header is not a JSON object', { file });
  }
  const tensors: (StoredTensor | UnreadTensor)[] = [];
  for (const [name, value] of header) {
    if (name !== METADATA_KEY) tensors.push(storedTensor(name, value, file, dataStart));
  }
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  checkLayout(tensors, dataStart, source.size, file);
  return {
    tensors: tensors.filter((tensor): tensor is StoredTensor => isRead(tensor.dtype)),
    unread: tensors.filter((tensor): tensor is UnreadTensor => !isRead(tensor.dtype)),
    metadata: metadataOf(header, file),
    bytes,
  };
}

function damaged(error: ErrorName, what: string, place: ErrorPlace): NamedError {
  return new NamedError(error, what, place, 'the file is damaged: download or save it again');
}

function headerLength(prefix: Uint8Array<ArrayBuffer>, fileSize: number, file: string): number {
  if (String.fromCharCode(...prefix) === LFS_POINTER_START) {
    throw lfsPointer(fileSize, { file });
  }
  const length = new DataView(prefix.buffer).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new NamedError(
      'HeaderTooLarge',
      `a header of ${length} bytes is over the limit of ${MAX_HEADER_BYTES}`,
      { file },
      'the file is not a safetensors file, or it is damaged',
    );
  }
  const inside = fileSize - LENGTH_BYTES;
  if (Number(length) > inside) {
    throw new NamedError(
      'HeaderOutsideFile',
      `a header of ${length} bytes does not fit in the ${inside} bytes that follow its length`,
      { file },
      'the file is cut off: download it again',
    );
  }
  return Number(length);
}

function metadataOf(header: JsonObject, file: string): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  const stored = header.get(METADATA_KEY);
  if (stored === undefined || stored === null) return metadata;
  if (!isJsonObject(stored)) {
    throw damaged('InvalidMetadata', 'the metadata is not an object', { file, field: METADATA_KEY });
  }
  for (const [key, value] of stored) {
    if (typeof value !== 'string') {
      const what = `the metadata ${JSON.stringify(key)} is not a string`;
      throw damaged('InvalidMetadata', what, { file, field: METADATA_KEY });
    }
    metadata.set(key, value);
  }
  return metadata;
}

function storedTensor(
  storedName: string,
  value: JsonValue,
  file: string,
  dataStart: number,
): StoredTensor | UnreadTensor {
  const place = { file, tensor: storedName };
  if (!isJsonObject(value)) {
    throw damaged('InvalidTensor', 'its description is not an object', place);
  }
  const dtypeName = value.get('dtype');
  if (typeof dtypeName !== 'string') {
    throw damaged('InvalidTensor', 'its dtype is missing or not a string', { ...place, field: 'dtype' });
  }
  const dtype = asDtype(dtypeName, place);
  const shape = sizes(value.get('shape'), 'InvalidShape', { ...place, field: 'shape' });
  const offsetsPlace = { ...place, field: 'data_offsets' };
  const offsets = sizes(value.get('data_offsets'), 'InvalidOffsets', offsetsPlace);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2 || begin > end) {
    const what = `the offsets [${listing(offsets.map(String))}] are not a range [begin, end]`;
    throw damaged('InvalidOffsets', what, offsetsPlace);
  }
  const bits = bitsOfTensor(dtype, shape);
  if (bits === undefined) {
    const what = `${dtype} [${listing(shape.map(String))}] takes more bits, dim by dim, than 64 bits count`;
    throw damaged('SizeMismatch', what, { ...place, field: 'shape' });
  }
  if (bits !== 8n * BigInt(end - begin)) {
    const needed = bits % 8n === 0n ? `${bits / 8n} bytes` : `${bits} bits`;
    const what = `${dtype} [${listing(shape.map(String))}] takes ${needed}, its range has ${end - begin}`;
    throw damaged('SizeMismatch', what, offsetsPlace);
  }
  const lies = { file, start: dataStart + begin, end: dataStart + end, bytes: end - begin };
  return isRead(dtype) ? { storedName, dtype, shape, ...lies } : { storedName, dtype, shape, ...lies };
}

function sizes(
  value: JsonValue | undefined,
  error: 'InvalidShape' | 'InvalidOffsets',
  place: { file: string; tensor: string; field: string },
): readonly number[] {
  if (!Array.isArray(value)) throw damaged(error, 'the value is missing or not a list', place);
  return value.map((item: JsonValue) => {
    if (typeof item === 'number') return item;
    const shown = item instanceof NoSize ? item.digits : typeof item;
    const what = `${shown} is not an integer from 0 to ${Number.MAX_SAFE_INTEGER}, in digits alone`;
    throw damaged(error, what, place);
  });
}

/** Tensors sorted by start must cover the file from the end of its header to its end, each byte once. */
function checkLayout(
  tensors: readonly (StoredTensor | UnreadTensor)[],
  dataStart: number,
  fileSize: number,
  file: string,
): void {
  let covered = dataStart;
  for (const { storedName, start, end } of tensors) {
    const place = { file, tensor: storedName };
    if (start < covered) {
      const what = `its bytes begin at ${start}, before the tensor in front of it ends at ${covered}`;
      throw damaged('OverlappingTensors', what, place);
    }
    if (start > covered) {
      const what = `${start - covered} bytes from ${covered} to ${start} belong to no tensor`;
      throw damaged('HoleInFile', what, place);
    }
    if (end > fileSize) {
      const what = `its bytes end at ${end}, the file at ${fileSize}`;
      throw new NamedError('TruncatedFile', what, place, 'the file is cut off: download it again');
    }
    covered = end;
  }
  if (covered < fileSize) {
    const what = `${fileSize - covered} bytes from ${covered} to the end of the file belong to no tensor`;
    throw damaged('TrailingBytes', what, { file });
  }
}
