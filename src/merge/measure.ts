/** The standard deviations that noise is scaled by, measured over whole tensors before anything is merged. */
import type { LongWork } from '../work/long-work.ts';
import { Spread } from './arithmetic/spread.ts';
import { mixedValues } from './folder/tensor-values.ts';
import type { DonorFolders } from './folder/tensor-values.ts';
import type { Compute } from './plan/operation.ts';
import type { MergePlan, PlannedTensor } from './plan/plan.ts';
import { throwIfCancelled } from '../work/cancel.ts';

/** Elements read at once: 4 MB of bfloat16, some milliseconds of work between two looks at the signal. */
const PIECE_ELEMENTS = 2 ** 21;

/** What the noise of a tensor is measured on: the same key in a later run of the same plan. */
export type Deviations = ReadonlyMap<string, number>;

/**
 * The plan with the standard deviation of every tensor that gets noise; the plan itself where none does. Streams the
 * tensors once, in pieces. Records are deviations by canonical name.
 *
 * @throws NamedError `Cancelled`, those of reading
 */
export async function measureNoise(
  plan: MergePlan,
  folders: DonorFolders,
  work: LongWork<number> = {},
): Promise<MergePlan> {
  const noisy = plan.tensors.filter(needsMeasure);
  if (noisy.length === 0) return plan;
  const total = noisy.reduce((sum, { bytes }) => sum + bytes, 0);
  const deviations = new Map<string, number>();
  let done = 0;
  for (const tensor of noisy) {
    const known = work.finished?.get(tensor.name);
    const deviation =
      known ??
      (await deviationOf(tensor, folders, work.signal, (share) => {
        work.onProgress?.({ phase: 'measuring', done: done + share * tensor.bytes, total, unit: 'bytes' });
      }));
    if (known === undefined) await work.onRecord?.(tensor.name, deviation);
    deviations.set(tensor.name, deviation);
    done += tensor.bytes;
    work.onProgress?.({ phase: 'measuring', done, total, unit: 'bytes' });
  }
  return withDeviations(plan, deviations);
}

function needsMeasure({ operation }: PlannedTensor): boolean {
  return operation.kind === 'compute' && operation.noise?.deviation === null;
}

async function deviationOf(
  { shape, operation }: PlannedTensor,
  folders: DonorFolders,
  signal: AbortSignal | undefined,
  onShare: (share: number) => void,
): Promise<number> {
  const elements = shape.reduce((product, size) => product * size, 1);
  const spread = new Spread();
  for (let first = 0; first < elements; first += PIECE_ELEMENTS) {
    throwIfCancelled(signal);
    const end = Math.min(elements, first + PIECE_ELEMENTS);
    spread.add(await mixedValues(operation as Compute, folders, first, end));
    onShare(end / elements);
  }
  return spread.deviation;
}

function withDeviations(plan: MergePlan, deviations: Deviations): MergePlan {
  const tensors = plan.tensors.map((tensor) => {
    const { operation, name } = tensor;
    const deviation = deviations.get(name);
    if (operation.kind !== 'compute' || !operation.noise || deviation === undefined) return tensor;
    return { ...tensor, operation: { ...operation, noise: { ...operation.noise, deviation } } };
  });
  return { ...plan, tensors };
}
