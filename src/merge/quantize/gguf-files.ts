/** A quantized merge as llama.cpp reads it: the language model in one file, the vision tower (mmproj) in another. */
import type { ByteSource } from '../../checkpoint/byte-source.ts';
import { toFloat32 } from '../../checkpoint/decoding.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { writtenArchitecture } from '../../checkpoint/formats/gguf/architectures/list.ts';
import { isPlainType, isReadType, type ReadType } from '../../checkpoint/formats/gguf/ggml-types.ts';
import type { WrittenBlock } from '../../checkpoint/formats/gguf/write-blocks.ts';
import {
  ggufBytes,
  ggufHead,
  type GgufKey,
  padded,
  type WrittenGgufTensor,
} from '../../checkpoint/formats/gguf/write-head.ts';
import { type GgufPart, ggufNames } from '../../checkpoint/formats/gguf/write-names.ts';
import { HEAD } from '../../checkpoint/tensor-place.ts';
import { NamedError } from '../../named-error.ts';
import { type FilePiece, MergedFile, plannedPiece } from '../folder/merged-file.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import type { PlannedTensor } from '../plan/plan.ts';
import type { GgufKeys } from './gguf-keys.ts';
import { isRounded, type QuantizationPlan } from './quantization-plan.ts';
import type { RoundedParts } from './rounded-parts.ts';

/** `general.file_type`, by what most matrices of a file are. */
const FILE_TYPES: Partial<Readonly<Record<ReadType, number>>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 7,
  BF16: 32,
};

interface Written extends WrittenGgufTensor {
  readonly file: 'language' | 'vision';
  readonly piece: FilePiece;
}

/** @throws NamedError `UnsupportedWeights` for a tensor of the model that GGUF files have no name for; `CannotCompute` for a dtype that they lack */
export function ggufFiles(
  quantization: QuantizationPlan,
  parts: RoundedParts,
  folders: DonorFolders,
  keys: GgufKeys,
  block: WrittenBlock,
): ReadonlyMap<string, ByteSource> {
  const architecture = writtenArchitecture(keys.modelType);
  const written = quantization.tensors.flatMap((one): readonly Written[] => {
    const tensor = isRounded(one) ? one.tensor : one;
    if (isLeftOut(tensor)) return [];
    const names = ggufNames(tensor.name, architecture, keys.deepstack);
    if (names.length === 0) throw unnamed(tensor);
    if (isRounded(one)) {
      const { rows, columns } = one.matrix;
      const piece = parts.piece(one, 0);
      return names.map(({ file, name }) => ({ file, name, type: block, shape: [rows, columns], piece }));
    }
    return names.map(({ file, name, part }) => ({ file, name, ...plain(tensor, name, part, folders) }));
  });
  const of = (file: Written['file']): readonly Written[] => written.filter((one) => one.file === file);
  const tower = of('vision');
  const towerType = tower.find(({ shape, type }) => shape.length === 2 && type !== 'F32')?.type ?? 'F32';
  return new Map([
    ggufFile(`model-${block}.gguf`, keys.language, of('language'), block),
    ggufFile(`mmproj-${towerType}.gguf`, keys.vision, tower, towerType),
  ]);
}

function ggufFile(
  file: string,
  keys: readonly GgufKey[],
  tensors: readonly Written[],
  type: ReadType,
): [string, ByteSource] {
  const head = ggufHead([...keys, ['general.file_type', 'UINT32', FILE_TYPES[type] ?? 0]], tensors);
  const pieces = tensors.flatMap((tensor): readonly FilePiece[] => {
    const bytes = ggufBytes(tensor);
    const filling = padded(bytes) - bytes;
    return filling === 0 ? [tensor.piece] : [tensor.piece, zeros(filling)];
  });
  return [file, new MergedFile(file, head, pieces)];
}

/** What is no part of the model, and a head that repeats the embeddings: llama.cpp takes these where there is none. */
function isLeftOut({ name, placement }: PlannedTensor): boolean {
  return (
    placement.kind === 'unknown' ||
    (name === HEAD && placement.kind === 'rest' && placement.piece === 'frame')
  );
}

/** Matrices as they are stored; vectors, position tables and kernels in float32, which is exact. */
function plain(
  tensor: PlannedTensor,
  name: string,
  part: GgufPart,
  folders: DonorFolders,
): Pick<Written, 'type' | 'shape' | 'piece'> {
  const { dtype, shape } = tensor;
  if (!isReadType(dtype) || !isPlainType(dtype)) {
    throw new NamedError(
      'CannotCompute',
      `${dtype} values are not written to GGUF files; known are BF16, F16, F32`,
      { tensor: tensor.name },
      'save the checkpoint in bfloat16, float16 or float32',
    );
  }
  const whole = plannedPiece(tensor, folders);
  if (part.of === 'frame') {
    const [out = 0, channels = 0, frames = 1, ...kernel] = shape;
    const run = kernel.reduce((product, size) => product * size, 1);
    const piece = frame(whole, tensor, { count: out * channels, frames, run, index: part.index });
    return { type: 'F32', shape: [out, channels, ...kernel], piece };
  }
  const [rows = 0, ...within] = shape;
  const own = part.of === 'third' ? [rows / 3, ...within] : shape;
  const bytes = tensor.bytes / (part.of === 'third' ? 3 : 1);
  const start = part.of === 'third' ? part.index * bytes : 0;
  const piece: FilePiece = { bytes, read: (from, to) => whole.read(start + from, start + to) };
  const stays = own.length === 2 && name !== 'v.position_embd.weight';
  return stays
    ? { type: dtype, shape: own, piece }
    : { type: 'F32', shape: own, piece: widened(piece, tensor) };
}

function widened(piece: FilePiece, { dtype }: PlannedTensor): FilePiece {
  const size = DTYPE_BYTES[dtype];
  return {
    bytes: (piece.bytes / size) * 4,
    read: async (start, end) => {
      const first = Math.floor(start / 4);
      const values = toFloat32(await piece.read(first * size, Math.ceil(end / 4) * size), dtype);
      return bytesOf(values).subarray(start - first * 4, end - first * 4);
    },
  };
}

/** One frame of kernels `[count, frames, run]`, in float32. */
function frame(
  piece: FilePiece,
  { dtype }: PlannedTensor,
  { count, frames, run, index }: { count: number; frames: number; run: number; index: number },
): FilePiece {
  return {
    bytes: count * run * 4,
    read: async (start, end) => {
      const all = toFloat32(await piece.read(0, piece.bytes), dtype);
      const own = new Float32Array(count * run);
      for (let one = 0; one < count; one += 1) {
        const from = (one * frames + index) * run;
        own.set(all.subarray(from, from + run), one * run);
      }
      return bytesOf(own).subarray(start, end);
    },
  };
}

function zeros(bytes: number): FilePiece {
  return { bytes, read: (start, end) => Promise.resolve(new Uint8Array(end - start)) };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function unnamed({ name }: PlannedTensor): NamedError {
  return new NamedError(
    'UnsupportedWeights',
    'GGUF files have no name for this tensor, which is part of the model',
    { tensor: name },
    'take another format',
  );
}
