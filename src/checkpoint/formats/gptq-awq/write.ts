/**
 * AutoAWQ's `gemm` layout, 4 bits with zero points: everything runs along the output axis, eight codes to an int32 in AWQ's own order,
 * scales in float16 (`WQLinear_GEMM.from_linear` of AutoAWQ).
 */
import { floatToHalf } from '../../float16.ts';
import type { Encoder, PartLayout } from '../encoder.ts';
import { type Affine, around, roundGroup, searchAffine, toBfloat16, toHalf } from '../rounding.ts';

/** Where in its int32, counted in nibbles from the low end, the code of output channel 8i + j lies. AutoAWQ lists the inverse. */
const NIBBLE = [0, 4, 1, 5, 2, 6, 3, 7] as const;
const PER_WORD = 8;
const LEVELS = { lowest: 0, highest: 15, multiples: around(0.88, 0.03, 11) };

/** Both a float16 and a bfloat16, wherever that is possible: servers hold scales in the model's dtype, and then none is rounded again. */
const storeScale = (scale: number): number => toHalf(toBfloat16(scale));

export function awqEncoder(group: number): Encoder {
  return {
    refusal: ({ rows, columns }) => {
      if (columns === 0 || columns % group !== 0) return `its ${columns} columns are no multiple of ${group}`;
      return rows % PER_WORD === 0 ? null : `its ${rows} rows are no multiple of ${PER_WORD}`;
    },
    parts: ({ rows, columns }): readonly PartLayout[] => [
      { name: 'qweight', dtype: 'I32', shape: [columns, rows / PER_WORD] },
      { name: 'qzeros', dtype: 'I32', shape: [columns / group, rows / PER_WORD] },
      { name: 'scales', dtype: 'F16', shape: [columns / group, rows] },
    ],
    encode: (values, { first, count }, { rows, columns }, [weights, zeros, scales], error) => {
      const [weightBytes, zeroBytes] = [weights as Uint8Array, zeros as Uint8Array];
      const scaleWords = new Uint16Array((scales as Uint8Array<ArrayBuffer>).buffer);
      const codes = new Int16Array(columns);
      const found: Affine = { scale: 0, zero: 0 };
      const rowBytes = rows / 2;
      for (let row = 0; row < count; row += 1) {
        const channel = first + row;
        const nibble = NIBBLE[channel % PER_WORD] as number;
        const byte = (channel - (channel % PER_WORD)) / 2 + (nibble >> 1);
        const shift = 4 * (nibble & 1);
        for (let column = 0; column < columns; column += group) {
          const from = row * columns + column;
          searchAffine(values, from, from + group, LEVELS, storeScale, found);
          roundGroup(values, from, from + group, found, LEVELS, codes, column, error);
          const at = column / group;
          scaleWords[at * rows + channel] = floatToHalf(found.scale);
          zeroBytes[at * rowBytes + byte] =
            (zeroBytes[at * rowBytes + byte] as number) | (found.zero << shift);
        }
        for (let i = 0, at = byte; i < columns; i += 1, at += rowBytes)
          weightBytes[at] = (weightBytes[at] as number) | ((codes[i] as number) << shift);
      }
    },
  };
}
