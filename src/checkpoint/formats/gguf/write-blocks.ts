/** Q8_0 and Q4_0: blocks of 32 with a float16 scale d (`block_q8_0` and `block_q4_0` of ggml). */
import { floatToHalf } from '../../float16.ts';
import type { Encoder } from '../encoder.ts';
import { around, type Levels, roundGroup, searchScale, toHalf } from '../rounding.ts';
import { BLOCK_SIZES } from './ggml-types.ts';

export type WrittenBlock = 'Q8_0' | 'Q4_0';

/** ggml divides the largest magnitude by 127; of Q4_0 it gives the value that has it the code −8, whatever its sign. */
const LEVELS: Readonly<Record<WrittenBlock, Levels>> = {
  Q8_0: { lowest: -127, highest: 127, divisor: 127, multiples: around(0.995, 0.005, 5) },
  Q4_0: { lowest: -8, highest: 7, divisor: -8, multiples: around(0.91, 0.03, 11), signed: true },
};

export function blockEncoder(type: WrittenBlock): Encoder {
  const levels = LEVELS[type];
  const { elements, bytes } = BLOCK_SIZES[type];
  return {
    refusal: ({ columns }) =>
      columns > 0 && columns % elements === 0
        ? null
        : `its ${columns} columns are no multiple of ${elements}`,
    parts: ({ rows, columns }) => [
      { name: 'weight', dtype: 'U8', shape: [rows, (columns / elements) * bytes] },
    ],
    encode: (values, { first, count }, { columns }, [blocks], error) => {
      const out = blocks as Uint8Array;
      const codes = new Int16Array(elements);
      const half = elements / 2;
      let at = ((first * columns) / elements) * bytes;
      for (let from = 0; from < count * columns; from += elements, at += bytes) {
        const scale = searchScale(values, from, from + elements, levels, toHalf);
        roundGroup(values, from, from + elements, { scale, zero: 0 }, levels, codes, 0, error);
        const bits = floatToHalf(scale);
        out[at] = bits & 255;
        out[at + 1] = bits >> 8;
        // Of Q4_0 a byte holds a value of the first half and one of the second.
        if (type === 'Q8_0') for (let i = 0; i < elements; i += 1) out[at + 2 + i] = codes[i] as number;
        else
          for (let i = 0; i < half; i += 1)
            out[at + 2 + i] = ((codes[i] as number) + 8) | (((codes[i + half] as number) + 8) << 4);
      }
    },
  };
}
