/** A golden checkpoint, opened and planned for the device. */
import type { Checkpoint } from '../../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../../checkpoint/checkpoint.ts';
import { parseConfig } from '../../../vlm/config.ts';
import type { Backend, Tensor } from '../../backend/backend.ts';
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

/** Arrays as a GPU has them, which are written to, and the bytes of every planned one, by name. */
export function deviceArrays(): { arrays: WeightArrays; contents(plan: readonly PlannedWeight[]): Contents } {
  const written = new Map<Tensor, Uint8Array>();
  const arrays = new WeightArrays({
    constantWeights: false,
    zeros: (type, dims) => {
      const tensor = { type, dims } as Tensor;
      return Promise.resolve(tensor);
    },
    write: (tensor, offset, bytes) => {
      const before = written.get(tensor) ?? new Uint8Array();
      const after = new Uint8Array(Math.max(before.length, offset + bytes.length));
      after.set(before);
      after.set(bytes, offset);
      written.set(tensor, after);
    },
    dispose: () => undefined,
  });
  return {
    arrays,
    contents: (plan) =>
      new Map(
        plan
          .flatMap((weight) => weight.slots)
          .map(({ name }) => [name, written.get(arrays.tensor(name)) ?? new Uint8Array()]),
      ),
  };
}

export type Contents = ReadonlyMap<string, Uint8Array>;

/** The bytes of every planned array, by name. */
export function contents(arrays: WeightArrays, plan: readonly PlannedWeight[]): Contents {
  const slots = plan.flatMap((weight) => weight.slots);
  return new Map(slots.map(({ name }) => [name, arrays.constant(name)]));
}
