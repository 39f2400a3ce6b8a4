/** Integer codes in blocks of one scale and zero point: value = (code − zero) · scale. ONNX's MatMulNBits, DequantizeLinear and their like. */
import { toFloat32 } from '../../decoding.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import type { Codec, PackedRows, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';
import { BLOCK, packCodes, packScales } from '../integers/matmul-blocks.ts';

/** How the codes lie. The stored matrix is `[rows, columns]`; the tensor is it, or its transpose. */
export interface AffineCoding {
  readonly bits: 2 | 4 | 8;
  /** Two's complement. */
  readonly signed: boolean;
  /** Codes from one stored row to the next, padding included. Of several in a byte the first is the lowest. */
  readonly pitch: number;
  /** Whether the tensor's rows are the stored columns. */
  readonly transposed: boolean;
  /** The stored column that the tensor's first row is, of transposed ones. */
  readonly first: number;
  /** Stored rows and columns under one scale. */
  readonly rowBlock: number;
  readonly columnBlock: number;
  /** Scales a row of blocks. */
  readonly scaleColumns: number;
  readonly scaleDtype: 'F32' | 'F16' | 'BF16';
  /** Zero points a row of blocks, padding included; they are codes. Null where all are `defaultZero`. */
  readonly zeroPitch: number | null;
  /** As a number: negative ones are possible for signed codes only. */
  readonly defaultZero: number;
  /** Scales and zero points that no file holds as bytes, little-endian. */
  readonly spelled: { readonly scales?: Uint8Array<ArrayBuffer>; readonly zeros?: Uint8Array<ArrayBuffer> };
}

type Tensor = EncodedTensor<string, AffineCoding>;

/** Rows that are turned round at once, so that what is written stays near. */
const TILE = 64;

/** Parts `codes`, `scales`, `zeros`; the latter two unless spelled out, the last where there is one. */
export const affine: Codec<AffineCoding> = {
  ranges: (tensor: Tensor, rows: Rows): Readonly<Record<string, PartRange>> => {
    const { coding, parts } = tensor;
    const { bits, pitch, transposed, rowBlock, scaleColumns, scaleDtype, zeroPitch } = coding;
    const [from, to] = blockRows(coding, rows);
    const scaleBytes = scaleColumns * DTYPE_BYTES[scaleDtype];
    const whole = (key: string): PartRange => ({ start: 0, end: lengthOf(tensor, key) });
    const partly = !transposed && rowBlock === 1;
    const ranges: Record<string, PartRange> = {
      codes: transposed
        ? whole('codes')
        : codeBytes(rows.first * pitch, (rows.first + rows.count) * pitch, bits),
    };
    if (parts['scales'])
      ranges['scales'] = partly ? { start: from * scaleBytes, end: to * scaleBytes } : whole('scales');
    if (parts['zeros'] && zeroPitch !== null) {
      ranges['zeros'] = partly ? codeBytes(from * zeroPitch, to * zeroPitch, bits) : whole('zeros');
    }
    return ranges;
  },

  decode: (tensor: Tensor, bytes: PartBytes, rows: Rows) => {
    const { columns } = matrixOf(tensor.shape);
    const values = new Float32Array(rows.count * columns);
    const blocks = new Blocks(tensor, bytes, rows);
    if (isWholeBytes(tensor.coding)) {
      const { bits, signed, pitch } = tensor.coding;
      const stored = bytes['codes'] ?? new Uint8Array(0);
      const decodeRun = bits === 4 ? decodeNibbles : decodeBytes;
      const flip = signed ? 2 ** (bits - 1) : 0;
      blocks.each((row, start, end, scale, zero) => {
        decodeRun(
          stored,
          ((row * pitch + start) * bits) / 8,
          flip,
          scale,
          zero,
          values,
          row * columns + start,
          end - start,
        );
      });
      return values;
    }
    const codes = unpack(tensor, bytes, rows);
    blocks.each((row, start, end, scale, zero) => {
      const base = row * columns;
      for (let at = base + start; at < base + end; at += 1)
        values[at] = ((codes[at] as number) - zero) * scale;
    });
    return values;
  },

  packed: {
    packing: ({ shape, coding }: Tensor) => {
      const { columns } = matrixOf(shape);
      const { bits, transposed, rowBlock, columnBlock } = coding;
      const block = transposed ? rowBlock : columnBlock;
      if (block % BLOCK !== 0 && block < columns) return null;
      return { bits: bits === 8 ? 8 : 4, zeroPoints: hasZeroPoints(coding), wide: false };
    },
    pack: (tensor: Tensor, bytes: PartBytes, rows: Rows): PackedRows => {
      const { columns } = matrixOf(tensor.shape);
      const { bits, transposed, rowBlock, columnBlock } = tensor.coding;
      const block = Math.min(columns, transposed ? rowBlock : columnBlock);
      const groups = Math.ceil(columns / block);
      const scales = new Float32Array(rows.count * groups);
      const zeros = new Uint8Array(rows.count * groups);
      new Blocks(tensor, bytes, rows).each((row, start, _end, scale, zero) => {
        scales[row * groups + start / block] = scale;
        zeros[row * groups + start / block] = zero;
      });
      const codes = unpack(tensor, bytes, rows);
      const held = { columns, groups, scales, zeros };
      const form = { bits, zeroPoints: hasZeroPoints(tensor.coding), block: BLOCK } as const;
      return { packed: packCodes(codes, held, form), ...packScales(held, block, form) };
    },
  },

  roundingEnergy: (tensor: Tensor, bytes: PartBytes, rows: Rows) => {
    let energy = 0;
    new Blocks(tensor, bytes, rows).each((_row, start, end, scale) => {
      energy += (scale * scale * (end - start)) / 12;
    });
    return energy;
  },
};

/** Whether codes of weight 0 are others than the middle one, or may be. */
function hasZeroPoints({ bits, signed, zeroPitch, defaultZero }: AffineCoding): boolean {
  return zeroPitch !== null || defaultZero !== (signed ? 0 : 2 ** (bits - 1));
}

function lengthOf({ parts }: Tensor, key: string): number {
  const part = parts[key];
  return part ? part.end - part.start : 0;
}

/** Whether rows and blocks begin with a byte, and lie in their order. */
function isWholeBytes({ bits, pitch, columnBlock, transposed }: AffineCoding): boolean {
  return !transposed && (bits === 8 || (bits === 4 && pitch % 2 === 0 && columnBlock % 2 === 0));
}

/** The product of a code and a float32 scale is exact in float64, and rounded once as it is stored. */
function decodeNibbles(
  stored: Uint8Array,
  from: number,
  flip: number,
  scale: number,
  zero: number,
  out: Float32Array,
  to: number,
  count: number,
): void {
  const last = to + count - 1;
  for (let at = to, byteAt = from; at < last; at += 2, byteAt += 1) {
    const byte = stored[byteAt] as number;
    out[at] = (((byte & 15) ^ flip) - zero) * scale;
    out[at + 1] = (((byte >> 4) ^ flip) - zero) * scale;
  }
  if (count % 2 === 1) out[last] = ((((stored[from + (count >> 1)] as number) & 15) ^ flip) - zero) * scale;
}

function decodeBytes(
  stored: Uint8Array,
  from: number,
  flip: number,
  scale: number,
  zero: number,
  out: Float32Array,
  to: number,
  count: number,
): void {
  for (let at = 0; at < count; at += 1)
    out[to + at] = (((stored[from + at] as number) ^ flip) - zero) * scale;
}

/** Bytes that hold the codes `[first, end)`. */
function codeBytes(first: number, end: number, bits: number): PartRange {
  return { start: Math.floor((first * bits) / 8), end: Math.ceil((end * bits) / 8) };
}

/** Rows of blocks that stored rows lie in. */
function blockRows({ rowBlock }: AffineCoding, { first, count }: Rows): readonly [from: number, to: number] {
  return [Math.floor(first / rowBlock), Math.ceil((first + count) / rowBlock)];
}

/** The codes of the tensor's rows, each a byte, signed ones moved up by half their range: `[count, columns]`. */
function unpack(tensor: Tensor, bytes: PartBytes, rows: Rows): Uint8Array<ArrayBuffer> {
  const { bits, signed, pitch, transposed, first } = tensor.coding;
  const { columns } = matrixOf(tensor.shape);
  const stored = bytes['codes'] ?? new Uint8Array(0);
  const out = new Uint8Array(rows.count * columns);
  const flip = signed ? 2 ** (bits - 1) : 0;
  if (!transposed) {
    // Codes before the first that the read bytes begin with.
    const skipped = Math.floor((rows.first * pitch * bits) / 8) * (8 / bits);
    for (let row = 0; row < rows.count; row += 1) {
      const from = (rows.first + row) * pitch - skipped;
      unpackRun(stored, from, bits, flip, out, row * columns, columns);
    }
    return out;
  }
  const run = new Uint8Array(TILE);
  for (let row = 0; row < rows.count; row += TILE) {
    const width = Math.min(TILE, rows.count - row);
    for (let column = 0; column < columns; column += 1) {
      unpackRun(stored, column * pitch + first + rows.first + row, bits, flip, run, 0, width);
      for (let at = 0; at < width; at += 1) out[(row + at) * columns + column] = run[at] as number;
    }
  }
  return out;
}

function unpackRun(
  stored: Uint8Array,
  from: number,
  bits: number,
  flip: number,
  out: Uint8Array,
  to: number,
  count: number,
): void {
  if (bits === 8) {
    for (let at = 0; at < count; at += 1) out[to + at] = (stored[from + at] as number) ^ flip;
    return;
  }
  if (bits === 4 && from % 2 === 0) {
    const half = from / 2;
    const pairs = count >> 1;
    for (let pair = 0; pair < pairs; pair += 1) {
      const byte = stored[half + pair] as number;
      out[to + 2 * pair] = (byte & 15) ^ flip;
      out[to + 2 * pair + 1] = (byte >> 4) ^ flip;
    }
    if (count % 2 === 1) out[to + count - 1] = ((stored[half + pairs] as number) & 15) ^ flip;
    return;
  }
  for (let at = 0; at < count; at += 1) out[to + at] = codeAt(stored, from + at, bits) ^ flip;
}

function codeAt(stored: Uint8Array, index: number, bits: number): number {
  const bit = index * bits;
  return ((stored[Math.floor(bit / 8)] as number) >> (bit % 8)) & (2 ** bits - 1);
}

/** Scales and zero points of some rows. */
class Blocks {
  readonly #tensor: Tensor;
  readonly #rows: Rows;
  readonly #scales: Float32Array;
  readonly #zeros: Uint8Array | null;
  /** Rows of blocks before the first that was read; and zero points before the first that the read bytes begin with. */
  readonly #skippedRows: number;
  readonly #skippedZeros: number;

  constructor(tensor: Tensor, bytes: PartBytes, rows: Rows) {
    const { coding, parts } = tensor;
    const { scaleDtype, spelled, zeroPitch, bits, transposed, rowBlock } = coding;
    const partly = !transposed && rowBlock === 1;
    this.#tensor = tensor;
    this.#rows = rows;
    this.#scales = toFloat32(spelled.scales ?? bytes['scales'] ?? new Uint8Array(0), scaleDtype);
    this.#zeros = zeroPitch === null ? null : (spelled.zeros ?? bytes['zeros'] ?? null);
    this.#skippedRows = partly && parts['scales'] ? rows.first : 0;
    const zerosBefore = partly && parts['zeros'] ? rows.first * (zeroPitch ?? 0) : 0;
    this.#skippedZeros = Math.floor((zerosBefore * bits) / 8) * (8 / bits);
  }

  /** By row from 0, the columns `[start, end)` under one scale and zero point; the zero as `unpack` gives codes. */
  each(visit: (row: number, start: number, end: number, scale: number, zero: number) => void): void {
    const { shape, coding } = this.#tensor;
    const { bits, signed, transposed, first, rowBlock, columnBlock, scaleColumns, zeroPitch, defaultZero } =
      coding;
    const { columns } = matrixOf(shape);
    const flip = signed ? 2 ** (bits - 1) : 0;
    const block = Math.min(columns, transposed ? rowBlock : columnBlock);
    for (let row = 0; row < this.#rows.count; row += 1) {
      const across = this.#rows.first + row + (transposed ? first : 0);
      for (let start = 0, index = 0; start < columns; start += block, index += 1) {
        const blockRow = transposed ? index : Math.floor(across / rowBlock);
        const blockColumn = transposed ? Math.floor(across / columnBlock) : index;
        const scale = this.#scales[(blockRow - this.#skippedRows) * scaleColumns + blockColumn] as number;
        const zero =
          this.#zeros === null || zeroPitch === null
            ? defaultZero + flip
            : codeAt(this.#zeros, blockRow * zeroPitch + blockColumn - this.#skippedZeros, bits) ^ flip;
        visit(row, start, Math.min(columns, start + block), scale, zero);
      }
    }
  }
}
