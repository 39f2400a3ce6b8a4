/** The inner loops of src/spectra, compiled to WebAssembly with SIMD. Nothing allocates: the caller lays memory out. */
export { decodeBfloat16, decodeHalf, roundToHalf } from '../../../checkpoint/assembly/decode';
export { dot, subtract, sumOfSquares, sumOfSquaresAndZeros } from './delta';
export { multiplyTile } from './multiply';
export { lowerRankUpdate, multiplyAdd } from './rank-update';
export { packPanel, reducePanel } from './tridiagonal';
