/** Folders whose matrices are stored as 4-bit integers, for tests: rounded to nearest, packed as compressed-tensors does. */
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { openCheckpoint, type Checkpoint } from '../../checkpoint/checkpoint.ts';
import { readableFolder } from '../../checkpoint/formats/open.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';

/** Codes from −7 to 7 stand for their distance from the middle one. */
const MIDDLE = 8;
const LARGEST = 7;
const CODES_PER_WORD = 8;

export interface Matrix {
  /** Stored, with `.weight`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** One scale a row, its largest value over 7, or those given. */
export function quantizedFolder(
  matrices: readonly Matrix[],
  scales?: Float32Array<ArrayBuffer>,
): CheckpointFiles {
  const tensors = matrices.flatMap(({ name, rows, columns, values }) => {
    const module = name.replace(/\.weight$/, '');
    const ofRows =
      scales ?? Float32Array.from({ length: rows }, (_, row) => largest(values, row, columns) / LARGEST);
    const words = Math.ceil(columns / CODES_PER_WORD);
    const packed = new Int32Array(rows * words);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const code = Math.round((values[row * columns + column] ?? 0) / (ofRows[row] ?? 1));
        const clamped = Math.min(LARGEST, Math.max(-LARGEST, code)) + MIDDLE;
        const at = row * words + Math.floor(column / CODES_PER_WORD);
        packed[at] = (packed[at] ?? 0) | (clamped << (4 * (column % CODES_PER_WORD)));
      }
    }
    return [
      tensor(`${module}.weight_packed`, 'I32', [rows, words], packed.buffer),
      tensor(`${module}.weight_scale`, 'F32', [rows, 1], ofRows.buffer),
      tensor(`${module}.weight_shape`, 'I64', [2], BigInt64Array.of(BigInt(rows), BigInt(columns)).buffer),
    ];
  });
  const weights = { num_bits: 4, type: 'int', symmetric: true, strategy: 'channel', group_size: null };
  const config = {
    quantization_config: {
      ...{ quant_method: 'compressed-tensors', format: 'pack-quantized' },
      config_groups: { group_0: { targets: ['Linear'], weights } },
    },
  };
  return new Map([
    ['model.safetensors', new File([writeSafetensors(tensors)], 'model.safetensors')],
    ['config.json', new File([JSON.stringify(config)], 'config.json')],
  ]);
}

export async function quantizedCheckpoint(
  matrices: readonly Matrix[],
  scales?: Float32Array<ArrayBuffer>,
): Promise<Checkpoint> {
  return openCheckpoint(await readableFolder(quantizedFolder(matrices, scales)), { name: 'quantized' });
}

function tensor(name: string, dtype: 'I32' | 'I64' | 'F32', shape: readonly number[], buffer: ArrayBuffer) {
  return { name, dtype, shape, bytes: new Uint8Array(buffer) };
}

function largest(values: Float32Array, row: number, columns: number): number {
  return values
    .subarray(row * columns, (row + 1) * columns)
    .reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
