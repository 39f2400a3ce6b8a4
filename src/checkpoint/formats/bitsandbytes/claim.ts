/**
 * What bitsandbytes writes: of NF4 and FP4 a `.weight` of bytes, with `.weight.absmax`, `.weight.quant_map` and the state as JSON
 * in a tensor of bytes; of LLM.int8 a `.weight` of int8 at full shape, with `.SCB`.
 */
import { mapInFlight } from '../../../work/in-flight.ts';
import { NamedError } from '../../../named-error.ts';
import { asObject } from '../../config-hints.ts';
import { parseJson, plainJson } from '../../json.ts';
import { quantizationRemedy } from '../../quantization-methods.ts';
import type { AnyEncoded } from '../codecs.ts';
import { parentOf } from '../safetensors/activation-scales.ts';
import { expectTensor, partOf, wrongTensor } from '../safetensors/parts.ts';
import type { Claimed, FileTensor, Quantization, ReadTensor } from '../safetensors/quantization.ts';
import type { FourBitsCoding } from './four-bits.ts';
import type { RowInt8Coding } from './int8.ts';

type Tensors = ReadonlyMap<string, FileTensor>;

interface Found {
  readonly tensor: AnyEncoded;
  readonly used: readonly FileTensor[];
  readonly label: string;
}

export const bitsandbytes: Quantization = {
  claim: async (tensors, _declared, read): Promise<Claimed | null> => {
    const found = await mapInFlight([...tensors.values()], async (tensor) => {
      const state = STATE.exec(tensor.storedName);
      if (state) return fourBitsWeight(tensor, state[1] ?? '', state[2] ?? '', tensors, read);
      return tensor.storedName.endsWith('.SCB') ? rowInt8Weight(tensor, tensors, read) : null;
    });
    const weights = found.filter((weight) => weight !== null);
    const labels = new Set(weights.map(({ label }) => label));
    if (weights.length === 0) return null;
    return {
      tensors: weights.map(({ tensor }) => tensor),
      used: new Set(weights.flatMap(({ used }) => used.map(({ storedName }) => storedName))),
      label: `bitsandbytes, ${[...labels].sort().join(', ')}`,
      notices: [],
    };
  },
};

const STATE = /^(.+)\.quant_state\.bitsandbytes__(nf4|fp4)$/;
/** Written are some 200. */
const MOST_STATE_BYTES = 4096;
const BLOCKSIZES: readonly unknown[] = [32, 64, 128, 256, 512, 1024, 2048, 4096];

interface State extends FourBitsCoding {
  readonly shape: readonly number[];
}

/** @throws NamedError `InvalidTensor` */
async function fourBitsWeight(
  stored: FileTensor,
  storedName: string,
  type: string,
  tensors: Tensors,
  read: ReadTensor,
): Promise<Found | null> {
  const part = (suffix: string): FileTensor | undefined => tensors.get(`${storedName}${suffix}`);
  const [codes, absmax, book] = [part(''), part('.absmax'), part('.quant_map')];
  if (!codes || !absmax || !book) return null;
  const { shape, blocksize, nested } = await readState(stored, type, read);
  const values = shape.reduce((product, dim) => product * dim, 1);
  if (codes.bytes !== Math.ceil(values / 2)) {
    throw wrongTensor(
      codes,
      `${stored.storedName} names ${values} values [${shape.join(', ')}], two in a byte`,
    );
  }
  const blocks = Math.ceil(values / blocksize);
  check(absmax, nested ? 'U8' : 'F32', blocks);
  check(book, 'F32', 16);
  const [nestedBook, nestedAbsmax] = [part('.nested_quant_map'), part('.nested_absmax')];
  // Left over, whichever of them is there is refused as a sign of quantization.
  if (nested && (!nestedBook || !nestedAbsmax)) return null;
  const double = nested && nestedBook && nestedAbsmax ? { nestedBook, nestedAbsmax } : null;
  if (nested && double) {
    check(double.nestedBook, 'F32', 256);
    check(double.nestedAbsmax, 'F32', Math.ceil(blocks / nested.blocksize));
  }
  const used = { codes, book, absmax, ...double };
  const parts = Object.fromEntries(Object.entries(used).map(([key, tensor]) => [key, partOf(tensor)]));
  return {
    tensor: { storedName, shape, codec: 'fourBits', coding: { blocksize, nested }, parts },
    used: [stored, ...Object.values(used)],
    label: `${type.toUpperCase()} in blocks of ${blocksize}${nested ? ', twice quantized' : ''}`,
  };
}

/** @throws NamedError `InvalidTensor`, and those of `parseJson` */
async function readState(stored: FileTensor, type: string, read: ReadTensor): Promise<State> {
  if (stored.dtype !== 'U8' || stored.bytes > MOST_STATE_BYTES) {
    throw wrongTensor(stored, `the state is JSON of at most ${MOST_STATE_BYTES} bytes, in U8`);
  }
  const state = asObject(plainJson(parseJson(await read(stored), stored.file))) ?? {};
  const { quant_type: said, blocksize, shape, nested_blocksize: nestedSize, nested_offset: offset } = state;
  if (said !== type)
    throw wrongTensor(stored, `its quant_type is ${JSON.stringify(said)}, and its name says ${type}`);
  if (!isBlocksize(blocksize))
    throw wrongTensor(stored, `blocksize ${JSON.stringify(blocksize)} is none of ${BLOCKSIZES.join(', ')}`);
  if (!isShape(shape))
    throw wrongTensor(stored, `shape ${JSON.stringify(shape)} is not a list of one to eight dims`);
  if (nestedSize === undefined && offset === undefined) return { shape, blocksize, nested: null };
  if (!isBlocksize(nestedSize) || typeof offset !== 'number' || !Number.isFinite(offset)) {
    throw wrongTensor(
      stored,
      `nested_blocksize ${JSON.stringify(nestedSize)} and nested_offset ${JSON.stringify(offset)} are not a block size and a number`,
    );
  }
  return { shape, blocksize, nested: { blocksize: nestedSize, offset } };
}

function isBlocksize(value: unknown): value is number {
  return BLOCKSIZES.includes(value);
}

/** Whose product is exact, too. */
function isShape(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 8) return false;
  const dims = value as readonly unknown[];
  const whole = dims.every((dim): dim is number => Number.isSafeInteger(dim) && (dim as number) > 0);
  return whole && Number.isSafeInteger(dims.reduce((product, dim) => product * dim, 1));
}

/** @throws NamedError `InvalidTensor` */
function check(tensor: FileTensor, dtype: 'F32' | 'U8', count: number): void {
  // Whatever its dims: a column of absmax is as good as a row.
  const exact = tensor.shape.reduce((product, dim) => product * dim, 1) === count;
  expectTensor(tensor, [dtype], exact ? tensor.shape : [count]);
}

/** The layouts of old GPU kernels permute the codes; they say so in a byte. */
const ROW_LAYOUT = 0;

/** @throws NamedError `InvalidTensor`, `QuantizedWeights` */
async function rowInt8Weight(scale: FileTensor, tensors: Tensors, read: ReadTensor): Promise<Found | null> {
  const module = parentOf(scale.storedName);
  const codes = tensors.get(`${module}.weight`);
  if (codes?.dtype !== 'I8' || codes.shape.length !== 2) return null;
  expectTensor(scale, ['F32', 'F16', 'BF16'], [codes.shape[0] ?? 0]);
  const layout = tensors.get(`${module}.weight_format`);
  if (layout) await checkLayout(layout, read);
  return {
    tensor: {
      ...{ storedName: codes.storedName, shape: codes.shape, codec: 'rowInt8' },
      ...{
        coding: { scale: scale.dtype as RowInt8Coding['scale'] },
      },
      parts: { codes: partOf(codes), scale: partOf(scale) },
    },
    used: [codes, scale, ...(layout ? [layout] : [])],
    label: 'LLM.int8',
  };
}

async function checkLayout(layout: FileTensor, read: ReadTensor): Promise<void> {
  expectTensor(layout, ['U8'], layout.bytes === 1 ? layout.shape : []);
  const [code] = await read(layout);
  if (code === ROW_LAYOUT) return;
  throw new NamedError(
    'QuantizedWeights',
    `layout ${code} of LLM.int8, of a GPU's own kernels, is not read: only 0, row by row, is`,
    { file: layout.file, tensor: layout.storedName },
    quantizationRemedy('bitsandbytes'),
  );
}
