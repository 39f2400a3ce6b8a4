/** Headers of GGUF files, versions 2 and 3, little-endian (ggml's docs/gguf.md). */
import type { ErrorName } from '../../../error-name.ts';
import { lfsPointer } from '../../../lfs-pointer.ts';
import { type ErrorPlace, NamedError } from '../../../named-error.ts';
import type { ByteSource } from '../../byte-source.ts';
import { MAX_NAME_CHARACTERS, MAX_TENSORS, overLimit } from '../../limits.ts';
import { ByteWindow } from './byte-window.ts';
import { ggmlType, type GgmlType, READ_TYPES } from './ggml-types.ts';
import { MAX_KEYS, MetadataReader, readText, U32, type GgufMetadata } from './metadata.ts';

/** One tensor of one file. `start` and `end` are absolute byte offsets in the file. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  /** Outermost first, as PyTorch has it: the file's dimensions the other way round. */
  readonly shape: readonly number[];
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

export interface GgufHeader {
  readonly file: string;
  readonly metadata: GgufMetadata;
  /** In the order of their bytes in the file. */
  readonly tensors: readonly GgufTensor[];
  /** Bytes in front of the first tensor. */
  readonly bytes: number;
}

const MAGIC = 0x46554747;
/** "vers", as a Git LFS pointer begins. */
const LFS_POINTER = 0x73726576;
/** ggml has no tensors of more. */
const MAX_DIMENSIONS = 4;
const ALIGNMENT_KEY = 'general.alignment';
const DEFAULT_ALIGNMENT = 32;
/** A tensor's name of no length, no dimension, type and offset. */
const LEAST_TENSOR_BYTES = 24;
/** A key of no length and a value of one byte. */
const LEAST_KEY_BYTES = 13;

/**
 * Reads and checks the header of a GGUF file in a few reads, at most a window of 1 MB (or a longer text) in memory beside what
 * it says; no tensor is touched. Counts and lengths are held against limits and the file's size before anything is made of them.
 * Tensors must be whole blocks, begin at multiples of the alignment, lie inside the file, touch (but for the alignment) and not
 * overlap.
 *
 * @throws NamedError naming file, tensor or key: `FileTooShort`, `LfsPointer`, `InvalidHeader`, `UnsupportedWeights` (big-endian,
 * version 1), `HeaderTooLarge`, `TruncatedFile`, `OverLimit`, `NotUtf8`, `InvalidMetadata`, `DuplicateKey`, `DuplicateTensor`, `UnknownDtype`,
 * `InvalidShape`, `SizeMismatch`, `InvalidOffsets`, `OverlappingTensors`, `HoleInFile`, and those of `readRange`
 */
export async function readGgufHeader(source: ByteSource, file: string): Promise<GgufHeader> {
  const window = new ByteWindow(source, file);
  const { tensors: count, keys } = await readCounts(window);
  const { metadata, types } = await new MetadataReader(window).read(keys);
  const alignment = alignmentOf(metadata, types);
  const listed: Listed[] = [];
  const names = new Set<string>();
  for (let left = count; left > 0; left -= 1) {
    const tensor = await readTensor(window, alignment);
    if (names.has(tensor.name)) {
      const what = 'the file lists it twice';
      throw damaged('DuplicateTensor', what, { file, tensor: tensor.name });
    }
    names.add(tensor.name);
    listed.push(tensor);
  }
  const bytes = aligned(window.position, alignment);
  const tensors = listed
    .map(({ name, type, shape, offset, length }) => ({
      ...{ name, type, shape, file },
      ...{ start: bytes + offset, end: bytes + offset + length },
    }))
    .sort((a, b) => a.start - b.start);
  checkLayout(tensors, bytes, alignment, source.size);
  return { file, metadata, tensors, bytes };
}

interface Listed {
  readonly name: string;
  readonly type: GgmlType;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

async function readCounts(window: ByteWindow): Promise<{ tensors: number; keys: number }> {
  const { file, left } = window;
  if (left < 8) {
    throw damaged('FileTooShort', `${left} bytes cannot hold the beginning of a GGUF file`, { file });
  }
  await window.need(8);
  const magic = window.u32();
  if (magic === LFS_POINTER) {
    throw lfsPointer(left, { file });
  }
  if (magic !== MAGIC) throw damaged('InvalidHeader', 'it does not begin with "GGUF"', { file });
  checkVersion(window.u32(), file);
  await window.need(16);
  const tensors = window.u64();
  const keys = window.u64();
  if (tensors > MAX_TENSORS) throw overLimit('tensors', tensors, MAX_TENSORS, { file });
  if (keys > MAX_KEYS) throw overLimit('keys of the metadata', keys, MAX_KEYS, { file });
  const least = tensors * LEAST_TENSOR_BYTES + keys * LEAST_KEY_BYTES;
  if (least > window.left) {
    const what = `${tensors} tensors and ${keys} keys take ${least} bytes or more, the file has ${window.left} left`;
    throw damaged('InvalidHeader', what, { file });
  }
  return { tensors, keys };
}

function checkVersion(version: number, file: string): void {
  if (version === 2 || version === 3) return;
  const bigEndian = version !== 0 && (version & 0xffff) === 0;
  if (!bigEndian && version !== 1) {
    throw damaged('InvalidHeader', `it is of version ${version}; read are 2 and 3`, { file });
  }
  throw new NamedError(
    'UnsupportedWeights',
    bigEndian
      ? 'the file is written for big-endian machines, which is not read'
      : 'the file is of version 1 of GGUF, which is not read',
    { file },
    bigEndian
      ? 'convert it with "gguf-convert-endian FILE little" (Python package gguf), or convert the model again'
      : 'convert the model again with a llama.cpp of after September 2023',
  );
}

/** @throws NamedError `InvalidMetadata` for none, or one that is no power of two */
function alignmentOf(metadata: GgufMetadata, types: ReadonlyMap<string, number>): number {
  if (!metadata.has(ALIGNMENT_KEY)) return DEFAULT_ALIGNMENT;
  const alignment = types.get(ALIGNMENT_KEY) === U32 ? metadata.count(ALIGNMENT_KEY) : 0;
  if (alignment > 0 && Number.isInteger(Math.log2(alignment))) return alignment;
  throw metadata.wrong(ALIGNMENT_KEY, 'a power of two, in 32 bits without sign');
}

async function readTensor(window: ByteWindow, alignment: number): Promise<Listed> {
  const name = await readText(window, MAX_NAME_CHARACTERS, "bytes of a tensor's name");
  const place = { file: window.file, tensor: name };
  await window.need(4);
  const dimensions = window.u32();
  if (dimensions > MAX_DIMENSIONS) {
    throw damaged('InvalidShape', `${dimensions} dimensions; a tensor has ${MAX_DIMENSIONS} at most`, place);
  }
  await window.need(8 * dimensions + 12);
  const dims = Array.from({ length: dimensions }, () => window.u64());
  const id = window.u32();
  const offset = window.u64();
  const type = ggmlType(id);
  if (type === undefined) throw unknownType(`type ${id} is not known`, place);
  if (!dims.every((dim) => dim >= 1 && Number.isSafeInteger(dim))) {
    throw damaged('InvalidShape', `the dimensions [${dims.join(', ')}] are not integers from 1`, place);
  }
  const row = dims[0] ?? 1;
  if (row % type.elements !== 0) {
    const what = `rows of ${row} are no whole blocks of ${type.name}, which holds ${type.elements}`;
    throw damaged('InvalidShape', what, place);
  }
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const length = (elements / type.elements) * type.bytes;
  if (!Number.isSafeInteger(elements) || length > window.left) {
    const what = `${type.name} [${dims.join(', ')}] takes ${length} bytes, the file has ${window.left} left`;
    throw damaged('SizeMismatch', what, place);
  }
  if (!Number.isSafeInteger(offset) || offset % alignment !== 0) {
    throw damaged(
      'InvalidOffsets',
      `its offset ${offset} is no multiple of the alignment ${alignment}`,
      place,
    );
  }
  return { name, type, shape: dims.reverse(), offset, length };
}

function aligned(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** Tensors sorted by start must follow each other from the end of the header on. */
function checkLayout(tensors: readonly GgufTensor[], start: number, alignment: number, size: number): void {
  let covered = start;
  for (const { file, name, start, end } of tensors) {
    const place = { file, tensor: name };
    if (start < covered) {
      const what = `its bytes begin at ${start}, before the tensor in front of it ends at ${covered}`;
      throw damaged('OverlappingTensors', what, place);
    }
    if (start >= covered + alignment) {
      const what = `${start - covered} bytes from ${covered} to ${start} belong to no tensor`;
      throw damaged('HoleInFile', what, place);
    }
    if (end > size) {
      const what = `its bytes end at ${end}, the file at ${size}`;
      throw new NamedError('TruncatedFile', what, place, 'the file is cut off: download it again');
    }
    covered = end;
  }
}

/** `UnknownDtype`, with the list of those that are read. */
export function unknownType(what: string, place: ErrorPlace): NamedError {
  return new NamedError(
    'UnknownDtype',
    `${what}; read are ${READ_TYPES.join(', ')}`,
    place,
    'quantize the model again to one of these, such as Q4_K_M or Q8_0',
  );
}

function damaged(error: ErrorName, what: string, place: ErrorPlace): NamedError {
  return new NamedError(
    error,
    what,
    place,
    'the file is damaged: download it again, or convert the model again',
  );
}
