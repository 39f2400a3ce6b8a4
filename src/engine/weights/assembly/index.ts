/**
 * Float rows into blocks of 32 of `MatMulNBits` and into halves. Products, roundings and sums are those of `quantize.ts` and `convert.ts`:
 * results are equal to the last bit. Nothing allocates: the caller lays memory out.
 */
export { decodeBfloat16, decodeHalf } from '../../../checkpoint/assembly/decode';
export { quantize4Bfloat16 } from './bfloat16';
export { quantize4, quantize8 } from './blocks';
export { toHalves } from './halves';

/** Rows one after the other are moved apart where they are: each then has `stride` bytes, the last of them zeros. */
export function spreadRows(values: usize, rows: i32, bytes: usize, stride: usize): void {
  for (let row = <usize>rows; row > 0; row -= 1) {
    const to = values + (row - 1) * stride;
    memory.copy(to, values + (row - 1) * bytes, bytes);
    memory.fill(to + bytes, 0, stride - bytes);
  }
}
