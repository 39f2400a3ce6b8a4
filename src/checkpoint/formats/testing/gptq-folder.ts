/** A folder of GPTQ matrices, written where it is asked for. */
import { folder } from '../../testing/files.ts';
import { writeSafetensors } from '../../testing/safetensors.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { readableFolder } from '../open.ts';

/**
 * Every row of a matrix needs all codes; they are counted from `seed`, and each matrix has others. Scales are 1 in the first
 * group, and of others powers of two.
 *
 * @param modules by name the rows of each, a multiple of 8
 * @param group columns that share a scale
 */
export async function gptqFolder(
  seed: number,
  modules: Readonly<Record<string, number>>,
  columns: number,
  group = columns,
): Promise<DecodedFolder> {
  const groups = columns / group;
  const filled = (bytes: number, value: (at: number) => number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length: bytes }, (_, at) => value(at));
  const file = writeSafetensors(
    Object.entries(modules).flatMap(([name, rows], index) => [
      ...[
        { name: `${name}.qweight`, dtype: 'I32', shape: [columns / 8, rows] } as const,
        { name: `${name}.qzeros`, dtype: 'I32', shape: [groups, rows / 8] } as const,
      ].map((tensor) => ({
        ...tensor,
        bytes: filled(4 * tensor.shape.reduce((a, b) => a * b, 1), (at) => (seed + index + 37 * at) & 0x77),
      })),
      // In half precision.
      {
        name: `${name}.scales`,
        dtype: 'F16' as const,
        shape: [groups, rows],
        bytes: filled(2 * groups * rows, (at) => (at % 2) * (0x3c - 4 * (Math.floor(at / (2 * rows)) % 3))),
      },
    ]),
  );
  const said = {
    quant_method: 'gptq',
    bits: 4,
    group_size: group === columns ? -1 : group,
    desc_act: false,
    sym: false,
  };
  const files = folder({ 'model.safetensors': file });
  const config = new File([JSON.stringify({ quantization_config: said })], 'config.json');
  const opened = await readableFolder(new Map([...files, ['config.json', config]]));
  if (!(opened instanceof DecodedFolder)) throw new RangeError('it opened as plain');
  return opened;
}
