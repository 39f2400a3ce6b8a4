import { rowOfIndex, type LayerRow } from '../layer-index.ts';
import type { ImageReading } from '../engine/protocol/prompt.ts';
import type { Pair } from '../probes/data/pair.ts';
import type { Problem } from '../probes/data/problem.ts';
import type { ProbeEngine } from '../probes/probe-engine.ts';
import { regionSpans, type Cuts } from '../regions.ts';
import type { SampleSource } from '../reading/sample-source.ts';
import type { LongWork } from '../work/long-work.ts';
import type { Analysis } from './analysis.ts';
import type { AskedModel } from './asked-model.ts';
import type { ProbeDeclaration, Words } from './declaration.ts';
import type { Plan } from './plan.ts';
import type { SettingValues } from './setting-values.ts';
import type { Shard } from './shard.ts';

/** Of what is asked. */
interface Named {
  readonly name: string;
  /** Where it lies below the project, of a committed set. */
  readonly place?: string;
}

/** Pairs of images with a question each. */
export interface PairSet extends Named {
  readonly pairs: readonly Pair[];
  /** What became of a literal <image> before a prompt when the set was read, and of how many prompts. */
  readonly literalImage: 'strip' | 'keep';
  readonly literalImages: number;
  /** Asked whole, whatever is drawn of other sets: a pair that a person made. */
  readonly whole?: boolean;
}

/** Questions that are read when they are asked; called after the list's file, without its ending. */
export interface QuestionList extends Named {
  readonly source: SampleSource<Problem>;
}

/** What an analysis is run on. */
export interface Given<Samples = PairSet | QuestionList> {
  readonly engine: ProbeEngine;
  /** In the order in which results have them; at least one. */
  readonly models: readonly AskedModel[];
  readonly samples: Samples;
  /** How pixels are made of images. */
  readonly reading: Required<ImageReading>;
  readonly shard?: Shard;
  /** While samples are read for the identity. */
  readonly work?: Pick<LongWork<never>, 'signal' | 'onProgress'>;
}

/** Who reads the findings: what of the page they depend on besides. */
export interface Reader {
  /** Early, Mid, Late, with their first and last layer, counted from 0. */
  readonly regions: readonly { readonly name: string; readonly first: LayerRow; readonly last: LayerRow }[];
}

/** Regions as findings name them. */
export function readerOf(cuts: Cuts, layers: number): Reader {
  const regions = regionSpans(cuts, layers).map(({ label, first, last }) => {
    return { name: label, first: rowOfIndex(first), last: rowOfIndex(last) };
  });
  return { regions };
}

/** An analysis that asks models. */
export interface Probe<
  Samples = PairSet | QuestionList,
  Values = SettingValues,
  Record = unknown,
  Sample = unknown,
> extends Analysis<Record> {
  readonly declaration: ProbeDeclaration;
  /** What is missing before it can run on these models, as a sentence; null where nothing is. @param said as of `findings` */
  needs(models: readonly AskedModel[], said?: Words): string | null;
  /** @throws NamedError those of reading samples; `BadValue` of a setting that does not fit the model */
  plan(given: Given<Samples>, values: Values): Promise<Plan<Record, Sample>>;
  /** What was found, in sentences. @param said its own words in the language of who reads them; English unless given */
  findings(
    records: readonly Record[],
    values: Values,
    models: readonly AskedModel[],
    reader: Reader,
    said?: Words,
  ): readonly string[];
}
