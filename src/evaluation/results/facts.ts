/** What results of evaluations say of where they come from, by page and by command. */
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { Cuts } from '../../regions.ts';
import { provenance } from '../../identity/provenance.ts';
import type { AnswerSettings } from '../answers/ask.ts';

/** A loaded checkpoint under the name that a variant's parts have. */
export interface Resident {
  readonly label: string;
  readonly checkpoint: OpenedCheckpoint;
  readonly model: LoadedModel;
}

/** What decides every answer. */
export function settingsFacts({ style, ...settings }: AnswerSettings): object {
  return { ...settings, promptStyle: style.name, system: style.system ?? null, prefix: style.prefix };
}

/**
 * Of a transfer: `frankenscope` of `frankenscope.json`.
 *
 * @param cuts last layers of Early and Mid; null for thirds
 * @param answers of all questions to all variants, each counted once
 * @param seed of the choice of samples
 */
export function transferFacts(
  residents: readonly Resident[],
  settings: AnswerSettings,
  cuts: Cuts | null,
  answers: { readonly total: number; readonly done: number },
  seed: number,
): Readonly<Record<string, unknown>> {
  return {
    checkpoints: Object.fromEntries(
      residents.map(({ label, checkpoint, model }) => [label, provenance(checkpoint, model, seed)]),
    ),
    settings: settingsFacts(settings),
    cuts: cuts ?? 'thirds',
    answers,
    residentWeightBytes: residents.reduce((sum, { model }) => sum + model.weightBytes, 0),
    intervals: 'Wilson, 95 %; deltas Newcombe (paired), 95 %',
    tests: 'McNemar exact against the reference variant, Holm over the variants of a metric',
  };
}
