/**
 * How a graph gets its weights. On the GPU every weight is a graph input, so that one compiled graph serves
 * every layer of every checkpoint. On WASM an input is copied into the heap at each run, so there the weights
 * are constants of a graph compiled per layer group; everything else about the graphs is the same.
 */
import type { ElementType, GraphBuilder, Value } from './onnx.ts';

/** Elements in one quantization block along the input dimension, as values are rounded here. */
export const QUANTIZATION_BLOCK = 32;

/** The same of codes that are moved as they are stored, where these share a scale in so many columns and graphs carry their weights. */
export const WIDE_BLOCK = 128;

export type BlockSize = typeof QUANTIZATION_BLOCK | typeof WIDE_BLOCK;

/** How a linear layer's matrix is stored on the device; `-zeros` with a zero point a block, which otherwise is the middle code. */
export type LinearFormat = 'f32' | 'f16' | 'q8' | 'q4' | 'q8-zeros' | 'q4-zeros';

/** What a format in blocks holds besides codes and scales. */
export interface Blocks {
  /** Per weight. */
  readonly bits: 4 | 8;
  readonly zeroPoints: boolean;
}

const BLOCKS: { readonly [Format in LinearFormat]: Blocks | null } = {
  f32: null,
  f16: null,
  q8: { bits: 8, zeroPoints: false },
  q4: { bits: 4, zeroPoints: false },
  'q8-zeros': { bits: 8, zeroPoints: true },
  'q4-zeros': { bits: 4, zeroPoints: true },
};

/** Null of a dense format. */
export function blocksOf(format: LinearFormat): Blocks | null {
  return BLOCKS[format];
}

/** Bytes of a matrix's zero points: in a row as many codes as blocks, and no byte shared between rows. */
export function zeroPointBytes(rows: number, columns: number, { bits }: Blocks, block: BlockSize): number {
  return rows * Math.ceil((Math.ceil(columns / block) * bits) / 8);
}

/** One array on the device: a dense weight, or one of the arrays that a quantized matrix consists of. */
export interface WeightSlot {
  /** e.g. `0.mlp.down_proj.weight`, or `0.mlp.down_proj.weight.scales`. */
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
}

/** A tensor of the checkpoint as the graph uses it: a vector (one row) or a matrix `[rows, columns]`. */
export interface GraphWeight {
  /** e.g. `0.mlp.down_proj.weight`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly format: LinearFormat;
  /** The dense array, or packed blocks, their scales, and their zero points. */
  readonly slots: readonly WeightSlot[];
}

/** Gives the bytes of a slot, for graphs that carry their weights. */
export type ConstantWeights = (slot: WeightSlot) => Uint8Array;

/** Declares weights in a graph, as inputs or (given `constants`) as constants, and remembers them in order. */
export class WeightBinder {
  readonly weights: GraphWeight[] = [];
  readonly #graph: GraphBuilder;
  readonly #constants: ConstantWeights | undefined;

  constructor(graph: GraphBuilder, constants?: ConstantWeights) {
    this.#graph = graph;
    this.#constants = constants;
  }

  /** A norm's γ or a bias, `[size]`. */
  vector(name: string, size: number): Value {
    const slots = [{ name, type: 'float32', dims: [size] }] as const;
    return this.#declare({ name, rows: 1, columns: size, format: 'f32', slots })[0] as Value;
  }

  /** A linear layer's matrix `[out, in]` in `format`; one value, or packed blocks and scales, and how wide the blocks are. */
  matrix(
    name: string,
    out: number,
    input: number,
    format: LinearFormat,
  ): { readonly values: readonly Value[]; readonly block: BlockSize } {
    const [, scales] = matrixSlots(name, out, input, format);
    // Constants come as they were laid out, a matrix at a time: how many scales there are says in which blocks.
    const carried = scales && this.#constants?.(scales).byteLength;
    const block =
      carried === undefined || carried === slotBytes(scales as WeightSlot) ? QUANTIZATION_BLOCK : WIDE_BLOCK;
    const slots = matrixSlots(name, out, input, format, block);
    return { values: this.#declare({ name, rows: out, columns: input, format, slots }), block };
  }

  #declare(weight: GraphWeight): readonly Value[] {
    this.weights.push(weight);
    return weight.slots.map((slot) =>
      this.#constants
        ? this.#graph.constant(slot.name, slot.type, slot.dims, this.#constants(slot))
        : this.#graph.input(slot.name, slot.type, slot.dims),
    );
  }
}

/** MatMulNBits wants packed blocks `[N, blocks, blockBytes]`, scales `[N · blocks]`, and packed zero points, if any. */
export function matrixSlots(
  name: string,
  out: number,
  input: number,
  format: LinearFormat,
  block: BlockSize = QUANTIZATION_BLOCK,
): readonly WeightSlot[] {
  const quantized = blocksOf(format);
  if (!quantized) return [{ name, type: format === 'f16' ? 'float16' : 'float32', dims: [out, input] }];
  const blocks = Math.ceil(input / block);
  const blockBytes = (block * quantized.bits) / 8;
  const zeros = {
    name: `${name}.zeros`,
    type: 'uint8',
    dims: [zeroPointBytes(out, input, quantized, block)],
  } as const;
  return [
    { name, type: 'uint8', dims: [out, blocks, blockBytes] },
    { name: `${name}.scales`, type: 'float32', dims: [out * blocks] },
    ...(quantized.zeroPoints ? [zeros] : []),
  ];
}

const ELEMENT_BYTES = { float32: 4, uint8: 1, int32: 4, int64: 8, bool: 1, float16: 2 } as const;

/** Bytes one array takes. */
export function slotBytes(slot: WeightSlot): number {
  return slot.dims.reduce((product, dim) => product * dim, ELEMENT_BYTES[slot.type]);
}
