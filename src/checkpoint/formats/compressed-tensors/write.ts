/**
 * `pack-quantized` of compressed-tensors, symmetric: codes + 2^(bits − 1) packed into int32 from the low bits along the input axis,
 * one bfloat16 scale a group or output channel (`compressors/pack_quantized` of compressed-tensors 0.20).
 */
import type { Encoder, Matrix, PartLayout } from '../encoder.ts';
import { around, bfloat16Bits, type Levels, roundGroup, searchScale, toBfloat16 } from '../rounding.ts';

export interface PackedSettings {
  readonly bits: 4 | 8;
  /** Columns that share a scale; null: a whole row does. */
  readonly group: number | null;
}

/** compressed-tensors divides the largest magnitude by half the range of codes: 7.5, 127.5. */
const LEVELS: Readonly<Record<4 | 8, Levels>> = {
  4: { lowest: -8, highest: 7, divisor: 7.5, multiples: around(0.86, 0.03, 13) },
  8: { lowest: -128, highest: 127, divisor: 127.5, multiples: around(0.97, 0.01, 7) },
};

export function packedEncoder({ bits, group }: PackedSettings): Encoder {
  const levels = LEVELS[bits];
  const perWord = 32 / bits;
  const groupOf = ({ columns }: Matrix): number => group ?? columns;
  return {
    refusal: (matrix) => {
      const multiple = group ?? perWord;
      const fits = matrix.columns > 0 && matrix.columns % multiple === 0;
      return fits ? null : `its ${matrix.columns} columns are no multiple of ${multiple}`;
    },
    parts: (matrix): readonly PartLayout[] => [
      { name: 'weight_packed', dtype: 'I32', shape: [matrix.rows, matrix.columns / perWord] },
      { name: 'weight_scale', dtype: 'BF16', shape: [matrix.rows, matrix.columns / groupOf(matrix)] },
      { name: 'weight_shape', dtype: 'I64', shape: [2] },
    ],
    encode: (values, { first, count }, matrix, [packed, scales, shape], error) => {
      const { columns } = matrix;
      const size = groupOf(matrix);
      const [codeBytes, scaleWords] = [packed as Uint8Array, words(scales as Uint8Array<ArrayBuffer>)];
      const codes = new Int16Array(columns);
      for (let row = 0; row < count; row += 1) {
        for (let column = 0; column < columns; column += size) {
          const from = row * columns + column;
          const scale = searchScale(values, from, from + size, levels, toBfloat16);
          roundGroup(values, from, from + size, { scale, zero: 0 }, levels, codes, column, error);
          scaleWords[((first + row) * columns + column) / size] = bfloat16Bits(scale);
        }
        const at = ((first + row) * columns * bits) / 8;
        if (bits === 8) for (let i = 0; i < columns; i += 1) codeBytes[at + i] = (codes[i] as number) + 128;
        else
          for (let i = 0; i < columns; i += 2)
            codeBytes[at + i / 2] = ((codes[i] as number) + 8) | (((codes[i + 1] as number) + 8) << 4);
      }
      new BigInt64Array((shape as Uint8Array<ArrayBuffer>).buffer).set([
        BigInt(matrix.rows),
        BigInt(columns),
      ]);
    },
  };
}

function words({ buffer }: Uint8Array<ArrayBuffer>): Uint16Array {
  return new Uint16Array(buffer);
}
