/** Tensors that were given back, read again: from the kept copy where there is one, else from the checkpoint's files. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { NamedError } from '../named-error.ts';
import type { HeldModel } from './held-weights.ts';
import type { Surroundings } from './ready-devices.ts';
import { keptKey, weightDates } from './weights/kept.ts';
import { loadWeights } from './weights/load.ts';
import type { PlannedWeight } from './weights/plan.ts';
import type { WeightDtype } from './protocol/device.ts';

export interface LoadedFrom {
  readonly checkpoint: Checkpoint;
  readonly dtype: WeightDtype;
  readonly plan: readonly PlannedWeight[];
  /** Whether a copy may be kept. */
  readonly keep: boolean;
  /** Of the tensors when they were loaded. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** @throws NamedError `FileChanged` where a tensor is another than the one that was loaded; those of reading */
export function readAgain(
  { convert, restorePart }: Pick<Surroundings, 'convert' | 'restorePart'>,
  { checkpoint, dtype, plan, keep, hashes }: LoadedFrom,
): HeldModel['read'] {
  return async (tensors, arrays, signal) => {
    const part = tensors.flatMap(({ weights }) => weights);
    const told = signal ? { signal } : {};
    const key = keptKey(checkpoint.fingerprint, dtype, plan);
    const copy = keep
      ? await restorePart?.(key, plan, part, arrays, { ...told, dates: weightDates(checkpoint) })
      : null;
    const report = copy ?? (await loadWeights(checkpoint, part, arrays, { ...told, convert }));
    for (const { tensor } of tensors) {
      const now = report.hashes.get(tensor);
      if (now !== undefined && now !== (hashes.get(tensor) ?? now)) throw changed(checkpoint, tensor);
    }
  };
}

function changed({ name, tensors }: Checkpoint, tensor: string): NamedError {
  const { file = name } = tensors.get(tensor) ?? {};
  return new NamedError(
    'FileChanged',
    `the weights of ${name} changed since they were loaded`,
    { file, tensor },
    'close it and open it again: what was asked of it is not mixed with what it holds now',
  );
}
