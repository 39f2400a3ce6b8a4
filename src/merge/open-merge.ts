/** A merge that nobody wrote, as a checkpoint. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { LongWork } from '../work/long-work.ts';
import { openWeights, withoutRepeatedHead } from '../vlm/stored-head.ts';
import type { DonorFolders } from './folder/tensor-values.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import { measureNoise } from './measure.ts';
import type { MergePlan } from './plan/plan.ts';

/**
 * Opens a merge whose tensors are read from the donors' files, or computed as they are read. The deviations of noise that were
 * not measured are measured first, which reads those tensors whole; nothing else is read but headers and samples.
 *
 * @throws NamedError those of `measureNoise` and `openWeights`
 */
export async function openMerge(
  plan: MergePlan,
  folders: DonorFolders,
  name: string,
  work: Pick<LongWork<number>, 'signal' | 'onProgress'> = {},
): Promise<Checkpoint> {
  const measured = await measureNoise(plan, folders, work);
  const { signal } = work;
  const folder = new MergedFolder(measured, folders);
  return withoutRepeatedHead(await openWeights(folder, { name, ...(signal ? { signal } : {}) }));
}
