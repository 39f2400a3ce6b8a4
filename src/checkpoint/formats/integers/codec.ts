/**
 * Integer codes with scales and zeros, which neighbouring columns share: value = (code − zero) · scale, in float32. What GPTQ,
 * AWQ and the integers of compressed-tensors have in common; their layouts are told by the coding.
 */
import { toFloat32 } from '../../decoding.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import { NamedError } from '../../../named-error.ts';
import type { Codec, Packing, PackedRows, PartBytes, PartRange, Rows } from '../codec.ts';
import { matrixOf, type EncodedTensor } from '../encoded.ts';
import { codeBytes, unpackCodes, type CodeLayout } from './code-layout.ts';
import { BLOCK, packCodes, packScales, WIDE, type GroupRows } from './matmul-blocks.ts';
import { quickBlocks } from './quick-blocks.ts';
import { quickScales, type ScaleCoding } from './quick-scales.ts';

/** Parts: `codes`, `scales`, `zeros` (if the coding has them) and `groups` (if columns are out of order). */
export interface IntegerCoding extends ScaleCoding {
  readonly codes: CodeLayout;
}

type Tensor = EncodedTensor<string, IntegerCoding>;

const NOTHING = new Uint8Array(0);
/** Rows whose scales are gathered together: their lines of the result stay in the cache. */
const TILE = 512;

export const integers: Codec<IntegerCoding> = {
  ranges: (tensor, rows) => {
    const size = matrixOf(tensor.shape);
    const { codes, zeros } = tensor.coding;
    const scaled = scaleRows(tensor, rows);
    const ranges: Record<string, PartRange> = {
      codes: rangeOf(codeBytes(codes, size, rows)),
      scales: rangeOf(scaleBytes(tensor, scaled)),
    };
    if (zeros) ranges['zeros'] = rangeOf(codeBytes(zeros, zeroSize(tensor), scaled));
    if (tensor.coding.group === null) ranges['groups'] = { start: 0, end: 4 * size.columns };
    return ranges;
  },

  decode: (tensor, bytes, rows) => {
    const { columns, groups, scales, zeros } = groupRows(tensor, bytes, rows);
    const codes = unpackCodes(tensor.coding.codes, bytes['codes'] ?? NOTHING, matrixOf(tensor.shape), rows);
    const values = new Float32Array(codes.length);
    const table = tableOf(tensor, bytes);
    const group = tensor.coding.group ?? columns;
    for (let row = 0; row < rows.count; row += 1) {
      const start = row * columns;
      const first = row * groups;
      if (table) {
        for (let column = 0; column < columns; column += 1) {
          const of = first + (table[column] ?? 0);
          values[start + column] = ((codes[start + column] ?? 0) - (zeros[of] ?? 0)) * (scales[of] ?? 0);
        }
        continue;
      }
      for (let of = 0; of < groups; of += 1) {
        const scale = scales[first + of] ?? 0;
        const zero = zeros[first + of] ?? 0;
        const end = start + Math.min(columns, (of + 1) * group);
        // Exact in double precision, and rounded once as it is stored.
        for (let at = start + of * group; at < end; at += 1) values[at] = ((codes[at] ?? 0) - zero) * scale;
      }
    }
    return values;
  },

  packed: {
    packing: ({ shape, coding }): Packing | null => {
      const { group, codes, scales, symmetric } = coding;
      if (group === null || (group % BLOCK !== 0 && scales.groups > 1)) return null;
      const { columns } = matrixOf(shape);
      const wide = columns % WIDE === 0 && (scales.groups === 1 || group % WIDE === 0);
      return { bits: codes.bits <= 4 ? 4 : 8, zeroPoints: !symmetric, wide };
    },
    pack: (tensor, bytes, rows, block): PackedRows => {
      const { codes, group, symmetric } = tensor.coding;
      const size = matrixOf(tensor.shape);
      const stored = bytes['codes'] ?? NOTHING;
      const blocks = quickBlocks(codes, stored, size, rows);
      const scaled = quickScales(tensor.coding, bytes, size, rows, block);
      if (blocks && scaled) return { packed: blocks, ...scaled };
      const taken = groupRows(tensor, bytes, rows);
      if (symmetric && tensor.coding.zeros) checkSymmetric(tensor, taken.zeros);
      const form = { bits: codes.bits, zeroPoints: !symmetric, block };
      return {
        packed: blocks ?? packCodes(unpackCodes(codes, stored, size, rows), taken, form),
        ...(scaled ?? packScales(taken, group ?? size.columns, form)),
      };
    },
  },

  /** A step is a scale: Σ scale² / 12. */
  roundingEnergy: (tensor, bytes, rows) => {
    const { columns } = matrixOf(tensor.shape);
    const { groups } = tensor.coding.scales;
    const table = tableOf(tensor, bytes);
    const group = tensor.coding.group ?? columns;
    const columnsOf = new Float64Array(groups);
    for (let column = 0; column < columns; column += 1) {
      const of = table ? (table[column] ?? 0) : Math.floor(column / group);
      columnsOf[of] = (columnsOf[of] ?? 0) + 1;
    }
    const scales = scalesOf(tensor, bytes, rows);
    let sum = 0;
    for (let at = 0; at < scales.length; at += 1)
      sum += (scales[at] ?? 0) ** 2 * (columnsOf[at % groups] ?? 0);
    return sum / 12;
  },
};

function rangeOf([start, end]: readonly [number, number]): PartRange {
  return { start, end };
}

/** Rows of the matrix of scales that some rows of values have. */
function scaleRows({ coding }: Tensor, { first, count }: Rows): Rows {
  const { rows } = coding.scales;
  const start = Math.floor(first / rows);
  return { first: start, count: Math.ceil((first + count) / rows) - start };
}

/** There is a zero for each scale. */
function zeroSize({ shape, coding }: Tensor): { rows: number; columns: number } {
  return {
    rows: Math.ceil(matrixOf(shape).rows / coding.scales.rows),
    columns: coding.scales.groups,
  };
}

function scaleBytes(tensor: Tensor, { first, count }: Rows): [number, number] {
  const { order, groups, dtype } = tensor.coding.scales;
  const size = DTYPE_BYTES[dtype];
  if (order === 'columns') return [0, zeroSize(tensor).rows * groups * size];
  return [first * groups * size, (first + count) * groups * size];
}

function groupRows(tensor: Tensor, bytes: PartBytes, rows: Rows): GroupRows {
  return {
    ...{ columns: matrixOf(tensor.shape).columns, groups: tensor.coding.scales.groups },
    scales: scalesOf(tensor, bytes, rows),
    zeros: zerosOf(tensor, bytes, rows),
  };
}

function scalesOf(tensor: Tensor, bytes: PartBytes, rows: Rows): Float32Array<ArrayBuffer> {
  const { order, groups, dtype } = tensor.coding.scales;
  const scaled = scaleRows(tensor, rows);
  const stored = bytes['scales'] ?? NOTHING;
  if (order === 'rows') return eachRow(toFloat32(stored, dtype), tensor, rows);
  const { rows: height } = zeroSize(tensor);
  const size = DTYPE_BYTES[dtype];
  const { first, count } = scaled;
  const scales = new Float32Array(count * groups);
  const column = new Float32Array(Math.min(TILE, count));
  for (let tile = 0; tile < count; tile += TILE) {
    const high = Math.min(TILE, count - tile);
    for (let group = 0; group < groups; group += 1) {
      const start = (group * height + first + tile) * size;
      const stretch = stored.subarray(start, start + high * size);
      toFloat32(stretch, dtype, high < column.length ? column.subarray(0, high) : column);
      let to = tile * groups + group;
      for (let row = 0; row < high; row += 1) {
        scales[to] = column[row] as number;
        to += groups;
      }
    }
  }
  return eachRow(scales, tensor, rows);
}

function zerosOf(tensor: Tensor, bytes: PartBytes, rows: Rows): Uint8Array<ArrayBuffer> {
  const { codes, zeros, scales } = tensor.coding;
  if (zeros === null) return new Uint8Array(rows.count * scales.groups).fill(2 ** (codes.bits - 1));
  const found = unpackCodes(zeros, bytes['zeros'] ?? NOTHING, zeroSize(tensor), scaleRows(tensor, rows));
  // A code in a word has no bits beyond its own.
  const outside = zeros.packing === 'bytes' ? found.find((zero) => zero >= 2 ** zeros.bits) : undefined;
  if (outside !== undefined) {
    throw wrongZero(
      tensor,
      `a zero is ${outside}, and codes of ${zeros.bits} bits end at ${2 ** zeros.bits - 1}`,
    );
  }
  return eachRow(found, tensor, rows);
}

/** What rows share, given to each of them. */
function eachRow<Values extends Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(
  shared: Values,
  tensor: Tensor,
  { first, count }: Rows,
): Values {
  const { rows, groups } = tensor.coding.scales;
  if (rows === 1) return shared;
  const start = Math.floor(first / rows);
  const each = new (shared.constructor as new (length: number) => Values)(count * groups);
  for (let row = 0; row < count; row += 1) {
    const from = (Math.floor((first + row) / rows) - start) * groups;
    each.set(shared.subarray(from, from + groups), row * groups);
  }
  return each;
}

function tableOf({ coding }: Tensor, bytes: PartBytes): Int32Array | null {
  if (coding.group !== null) return null;
  const { buffer, byteOffset, length } = bytes['groups']?.slice() ?? NOTHING;
  return new Int32Array(buffer, byteOffset, length / 4);
}

/** The device is given no zeros: another one than the checkpoint declares would go unseen. */
function checkSymmetric(tensor: Tensor, zeros: Uint8Array): void {
  const middle = 2 ** (tensor.coding.codes.bits - 1);
  let at = 0;
  // A plain loop: `find` takes several times as long.
  while (at < zeros.length && zeros[at] === middle) at += 1;
  const other = zeros[at];
  if (other === undefined) return;
  throw wrongZero(
    tensor,
    `a zero is ${other}, and the config calls the codes symmetric: each should be ${middle}`,
  );
}

function wrongZero({ parts }: Tensor, what: string): NamedError {
  const { file, name } = parts['zeros'] ?? { file: '', name: '' };
  return new NamedError(
    'InvalidTensor',
    what,
    { file, tensor: name },
    'download the file again; where it is as it was written, say in its config that codes are not symmetric',
  );
}
