/** What quantizing loses, tensor by tensor and layer by layer, before anything is written. */
import type { RoundingError } from '../../checkpoint/formats/encoder.ts';
import type { LongWork } from '../../work/long-work.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import type { QuantizationPlan } from './quantization-plan.ts';
import { roundTensor } from './rounded-parts.ts';
import { encoderOf, type Scheme } from './scheme.ts';

/** By canonical name. */
export type RoundingErrors = Readonly<Record<string, Readonly<RoundingError>>>;

/** Of an LLM layer, counted from 1; null: of the head. */
export interface LayerError {
  readonly layer: number | null;
  readonly tensors: number;
  /** ‖W − Ŵ‖_F / ‖W‖_F over all of its matrices together; 0 where all are zero. */
  readonly relative: number;
  /** max |w − ŵ| */
  readonly largest: number;
}

/**
 * Rounds every tensor once, and keeps nothing but the errors.
 *
 * @throws NamedError those of `roundTensor`
 */
export async function measureRounding(
  { rounded }: QuantizationPlan,
  folders: DonorFolders,
  scheme: Scheme,
  work: Pick<LongWork<never>, 'signal' | 'onProgress'> = {},
): Promise<RoundingErrors> {
  const encoder = encoderOf(scheme);
  const total = rounded.reduce((sum, { tensor }) => sum + tensor.bytes, 0);
  const errors: Record<string, Readonly<RoundingError>> = {};
  let done = 0;
  for (const one of rounded) {
    throwIfCancelled(work.signal);
    const { error } = await roundTensor(one, encoder, folders, work.signal);
    errors[one.tensor.name] = error;
    done += one.tensor.bytes;
    work.onProgress?.({ phase: 'measuring what rounding loses', done, total, unit: 'bytes' });
  }
  return errors;
}

export function relativeError({ squared, energy }: RoundingError): number {
  return energy === 0 ? 0 : Math.sqrt(squared / energy);
}

export function layerErrors({ rounded }: QuantizationPlan, errors: RoundingErrors): readonly LayerError[] {
  const layers = new Map<number | null, { sum: RoundingError; tensors: number }>();
  for (const { tensor } of rounded) {
    const error = errors[tensor.name];
    if (!error) continue;
    const layer = tensor.placement.kind === 'layer' ? tensor.placement.layer : null;
    const { sum, tensors } = layers.get(layer) ?? {
      sum: { squared: 0, energy: 0, largest: 0 },
      tensors: 0,
    };
    layers.set(layer, {
      sum: {
        squared: sum.squared + error.squared,
        energy: sum.energy + error.energy,
        largest: Math.max(sum.largest, error.largest),
      },
      tensors: tensors + 1,
    });
  }
  return [...layers]
    .sort(([a], [b]) => (a ?? Infinity) - (b ?? Infinity))
    .map(([layer, { sum, tensors }]) => ({
      layer,
      tensors,
      relative: relativeError(sum),
      largest: sum.largest,
    }));
}
