/** Scales and zeros of the blocks of `MatMulNBits`, in WebAssembly: some rows at a time, so that they stay in the cache. */
import type { Dtype } from '../../dtype.ts';
import { DTYPE_BYTES } from '../../dtype.ts';
import type { BlockColumns, PackedRows, PartBytes, Rows } from '../codec.ts';
import { wordsFor, type CodeLayout, type MatrixSize } from './code-layout.ts';
import { haveKernels, kernelsWith, SCRATCH_BYTES } from './kernels.ts';
import { INTERLEAVED } from './turned-words.ts';

/** Scales and zeros, and which codes have them in common. */
export interface ScaleCoding {
  /** Null: the middle code, 2^(bits − 1), stands for 0 everywhere. */
  readonly zeros: CodeLayout | null;
  readonly scales: {
    readonly dtype: Dtype;
    /** Scales of a row of the matrix lie side by side, or those of a column. */
    readonly order: 'rows' | 'columns';
    /** Rows that share a scale. */
    readonly rows: number;
    /** Scales of a row. */
    readonly groups: number;
  };
  /** Neighbouring columns that share a scale; null where part `groups` (int32) says for each column which group it is of. */
  readonly group: number | null;
  /** Whether 0 is the middle code everywhere, as the checkpoint says: then no zeros go to the device. */
  readonly symmetric: boolean;
}

/** Of the result that is made at once. */
const TILE_BYTES = 2 ** 18;
/** Which row of eight each nibble of a word is of, as `turnNibbles` takes it. */
const ROWS = { dense: 0x76543210, padded: 0x76543210, interleaved: INTERLEAVED, bytes: null } as const;

type Scaled = Pick<PackedRows, 'scales' | 'zeroPoints'>;

/** @returns as `packScales`; null where it is left to that: of other bits and layouts, and where zeros contradict the coding */
export function quickScales(
  { zeros, scales, group, symmetric }: ScaleCoding,
  bytes: PartBytes,
  size: MatrixSize,
  rows: Rows,
  block: BlockColumns = 32,
): Scaled | null {
  const { dtype, order, groups } = scales;
  const rowsOf = zeros && zeros.bits === 4 && zeros.along === 'rows' ? ROWS[zeros.packing] : null;
  const [storedScales, storedZeros] = [bytes['scales'], bytes['zeros']];
  if (!haveKernels() || !storedScales || scales.rows !== 1 || !isDecoded(dtype)) return null;
  if (!symmetric && (rowsOf === null || zeros?.order !== 'columns' || rows.first % 8 !== 0)) return null;
  if (symmetric && zeros && (rowsOf === null || !allMiddle(wordsIn(storedZeros), zeros.added))) return null;

  const blocks = Math.ceil(size.columns / block);
  const times = Math.ceil(Math.min(group ?? size.columns, size.columns) / block);
  const step = Math.max(32, Math.floor(TILE_BYTES / (4 * blocks) / 32) * 32);
  const out = new Float32Array(rows.count * blocks);
  const zeroBytes = Math.ceil(blocks / 2);
  const points = symmetric ? null : new Uint8Array(rows.count * zeroBytes);

  // One after the other in memory: what was stored, in float32, by rows, repeated.
  const wide = Math.ceil(groups / 4) * 4;
  const [decodedAt, rowsAt] = [4 * step * wide, 8 * step * wide];
  // Zeros: stored lines, of which as many as are turned at once, then by rows.
  const eights = Math.ceil(groups / 32) * 4;
  const turnedAt = 4 * step * eights;
  const scratch = turnedAt + 4 * step * eights;
  const outAt = Math.max(12 * step * wide, scratch + SCRATCH_BYTES * eights);
  const kernels = kernelsWith(outAt + 4 * step * blocks + 16);
  const memory = new Uint8Array(kernels.memory.buffer);
  const decode = dtype === 'F16' ? kernels.decodeHalf : kernels.decodeBfloat16;
  const elementBytes = DTYPE_BYTES[dtype];

  for (let done = 0; done < rows.count; done += step) {
    const high = Math.min(step, rows.count - done);
    if (order === 'rows') {
      const start = done * groups * elementBytes;
      memory.set(storedScales.subarray(start, start + high * groups * elementBytes));
      decode(0, decodedAt, high * groups);
      kernels.repeatWords(decodedAt, 4 * groups, high, groups, times, blocks, outAt);
    } else {
      putLines(
        memory,
        storedScales,
        [groups, size.rows],
        { first: rows.first + done, count: high },
        step,
        elementBytes,
      );
      decode(0, decodedAt, step * groups);
      kernels.transposeWords(decodedAt, 4 * step, wide, step, rowsAt, 4 * wide);
      kernels.repeatWords(rowsAt, 4 * wide, high, groups, times, blocks, outAt);
    }
    out.set(new Float32Array(memory.buffer, outAt, high * blocks), done * blocks);
    if (points === null || !zeros || !storedZeros || rowsOf === null) continue;
    const first = (rows.first + done) / 8;
    putLines(
      memory,
      storedZeros,
      [groups, wordsFor(size.rows, zeros)],
      { first, count: Math.ceil(high / 8) },
      step / 8,
      4,
    );
    kernels.turnNibbles(
      0,
      step / 2,
      eights,
      step / 8,
      zeros.added ?? 0,
      rowsOf,
      turnedAt,
      4 * eights,
      scratch,
    );
    kernels.repeatNibbles(turnedAt, 4 * eights, high, groups, times, blocks, outAt);
    points.set(memory.subarray(outAt, outAt + high * zeroBytes), done * zeroBytes);
  }
  return { scales: out, zeroPoints: points };
}

function isDecoded(dtype: Dtype): dtype is 'F16' | 'BF16' {
  return dtype === 'F16' || dtype === 'BF16';
}

/** Some elements of every line of a stored matrix `[lines, wide]`, one line `stride` elements behind the other. */
function putLines(
  memory: Uint8Array,
  stored: Uint8Array,
  [lines, wide]: readonly [number, number],
  { first, count }: Rows,
  stride: number,
  elementBytes: number,
): void {
  for (let line = 0; line < lines; line += 1) {
    const start = (line * wide + first) * elementBytes;
    memory.set(stored.subarray(start, start + count * elementBytes), line * stride * elementBytes);
  }
}

function wordsIn(bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0)): Uint32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(buffer, byteOffset, length >> 2);
}

/** Whether each of eight codes a word is 8. */
function allMiddle(words: Uint32Array, added = 0): boolean {
  let at = 0;
  while (at < words.length && ((words[at] as number) + added) >>> 0 === 0x88888888) at += 1;
  return at === words.length;
}
