/** A golden checkpoint, opened and planned for the device. */
import type { Checkpoint } from '../../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../../checkpoint/checkpoint.ts';
import { parseConfig } from '../../../vlm/config.ts';
import type { Backend } from '../../backend/backend.ts';
import type { WeightDtype } from '../../protocol/device.ts';
import { fetchGolden } from '../../testing/fetch-golden.ts';
import { goldenFolder } from '../../testing/goldens.ts';
import { WeightArrays } from '../arrays.ts';
import type { PlannedWeight } from '../plan.ts';
import { planWeights } from '../plan.ts';

export interface GoldenPlan {
  readonly checkpoint: Checkpoint;
  readonly plan: readonly PlannedWeight[];
}

/** `maxTensorBytes` decides into how many pieces the head is split. */
export async function goldenPlan(
  name: string,
  dtype: WeightDtype,
  maxTensorBytes = Infinity,
): Promise<GoldenPlan> {
  const files = await goldenFolder(fetchGolden, name);
  const configFile = files.get('config.json') as File;
  const config = parseConfig(JSON.parse(await configFile.text()), 'config.json');
  return {
    checkpoint: await openCheckpoint(files, { name }),
    plan: planWeights(config, dtype, maxTensorBytes),
  };
}

/** Arrays in host memory, which need nothing of a device. */
export function hostArrays(): WeightArrays {
  return new WeightArrays({ constantWeights: true } as Backend);
}

/** The bytes of every planned array, by name. */
export function contents(
  arrays: WeightArrays,
  plan: readonly PlannedWeight[],
): ReadonlyMap<string, Uint8Array> {
  const slots = plan.flatMap((weight) => weight.slots);
  return new Map(slots.map(({ name }) => [name, arrays.constant(name)]));
}
