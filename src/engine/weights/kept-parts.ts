/** Some tensors of a kept copy, for models that take turns. */
import type { WeightArrays } from './arrays.ts';
import { KeptFiles } from './kept-files.ts';
import { fitsPlan, isOfDates } from './kept-manifest.ts';
import { Damaged, readCopy } from './kept-reader.ts';
import type { RestoreOptions } from './kept.ts';
import type { LoadReport } from './load.ts';
import type { PlannedWeight } from './plan.ts';

/** As `KeptWeights.restore`, of `part` alone; nothing is removed. */
export type RestorePart = (
  key: string,
  plan: readonly PlannedWeight[],
  part: readonly PlannedWeight[],
  arrays: WeightArrays,
  options: RestoreOptions,
) => Promise<LoadReport | null>;

/** Of origin-private storage; in dedicated workers. null also where the copy turns out damaged: the next load replaces it. */
export const restorePart: RestorePart = async (key, plan, part, arrays, options) => {
  const files = await KeptFiles.open();
  const manifest = await files?.manifest(key);
  if (!files || !manifest || !fitsPlan(manifest, plan) || !isOfDates(manifest, options.dates)) return null;
  const data = await files.openData(key).catch(() => null);
  if (!data) return null;
  try {
    return await readCopy(data, manifest, part, arrays, options);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return null;
  } finally {
    data.close();
  }
};
