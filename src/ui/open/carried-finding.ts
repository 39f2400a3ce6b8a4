/** What RL changed in the demo family, as it travels with the app: laid out so that it can be drawn without a model. */
import * as v from 'valibot';
import { analysis } from '../../analyses/attention/analysis.ts';
import type { declaration } from '../../analyses/attention/declaration.mjs';
import type { ValuesOf } from '../../analyses/declaration.ts';
import { readerOf } from '../../analyses/probe.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import { thirds } from '../../regions.ts';
import { givenAgain } from '../../study/shown/probe-given.ts';
import { wordsOf } from '../analyses/words-of.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { probeFacts } from '../figure-source/probe-facts.ts';
import { bodyOf } from '../layer-strip/layer-axis.ts';
import { asked } from '../state/asked-slot.ts';
import type { Carried } from '../state/carried.svelte.ts';
import type { StandIn } from '../state/family.svelte.ts';
import type { ListedWork } from '../state/shown-part.ts';
import { carriedOf, standIn } from '../state/stand-in.ts';

export interface CarriedFinding {
  readonly work: ListedWork;
  /** Of the models that are compared; in place of a layer's heads their mean. */
  readonly records: readonly AttentionRecord[];
  /** What was found, in a sentence with n and interval. */
  readonly sentence: string;
  /** What its chart carries. */
  readonly facts: PageFacts;
  readonly standIn: Omit<StandIn, 'page'>;
}

const RECORDS = v.array(analysis.shape);

/** Null where none is carried, another version made it, or it was put away. */
export async function carriedFinding(carried: Carried): Promise<CarriedFinding | null> {
  const { work, records } = (await carried.finding()) ?? {};
  const given = work && givenAgain(work.given);
  const [model] = given?.models ?? [];
  if (!work || !given || !model || !('source' in given.samples)) return null;
  if (!v.is(RECORDS, records) || records.length < work.total) return null;
  const models = given.models.map(standIn);
  const values = given.values as unknown as ValuesOf<typeof declaration.settings>;
  const laid = {
    models: models.map(asked),
    samples: { ...given.samples, place: `dataset/data/items/${given.samples.name}.jsonl` },
    reading: given.reading as Required<ImageReading>,
  };
  const { layers } = model.checkpoint;
  return {
    ...{ work, records, facts: probeFacts(analysis, laid, values) },
    standIn: { models, body: bodyOf(model.checkpoint), ...carriedOf(work) },
    // In the language that is spoken when it is read.
    get sentence() {
      const reader = readerOf(thirds(layers), layers);
      return analysis.findings(records, values, laid.models, reader, wordsOf(analysis))[0] ?? '';
    },
  };
}
