import type { ImageReading } from '../engine/protocol/prompt.ts';
import type { AnsweringEngine } from '../evaluation/answers/answer-all.ts';
import type { Asking } from '../evaluation/answers/asking.ts';
import type { gapModels } from '../evaluation/perception/gap-files.ts';
import type { ResultPieces } from '../evaluation/results/write.ts';
import type { ItemSets } from '../evaluation/samples/item-sets.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { Variant } from '../evaluation/variant.ts';
import type { Rounding } from '../spectra/deltas/delta-spec.ts';
import type { EnergyRecord } from '../spectra/energy.ts';
import type { LongWork } from '../work/long-work.ts';
import type { AnyAnalysis } from './analysis.ts';
import type { AskedModel } from './asked-model.ts';
import type { EvaluationDeclaration, EvaluationWords } from './declaration.ts';
import type { Cost } from './plan.ts';
import type { SettingValues } from './setting-values.ts';
import type { UpdatesPlan } from './updates.ts';

/** What an evaluation is run on. */
export interface GivenEvaluation {
  readonly engine: AnsweringEngine;
  /** By their roles, in the order in which results have them. */
  readonly models: readonly AskedModel[];
  /** Asked besides: what was stitched of `models` by hand. */
  readonly further?: readonly Variant[];
  /** Drawn by the settings. */
  readonly samples: ItemSets;
  /** How pixels are made of images. */
  readonly reading: Required<ImageReading>;
  /** Scores answers in a worker, where a page may not stand still for it. */
  readonly gapModels?: (...given: Parameters<typeof gapModels>) => Promise<ReturnType<typeof gapModels>>;
  /** While pictures are read for the answers' names. */
  readonly work?: Pick<LongWork<never>, 'signal' | 'onProgress'>;
}

/** Energies of the updates of what is asked, complete (docs/method.md §5). */
export interface MeasuredUpdates {
  readonly plan: Pick<UpdatesPlan<EnergyRecord, unknown>, 'checkpoints' | 'deltas' | 'pairing'>;
  readonly records: ReadonlyMap<string, EnergyRecord>;
  readonly rounding: Rounding;
}

/** What was answered by now. */
export interface Answered {
  /** In the order of the asks. */
  readonly graded: readonly GradedAnswer[];
  /** Answers that there are, of the plan's. */
  readonly done: number;
  /** The build that computed them, where that is not this one. */
  readonly origin?: object;
  /** Of an evaluation that tells them, where they are measured. */
  readonly updates?: MeasuredUpdates;
}

/**
 * An evaluation with everything that it was given. Page and command make it of the same inputs and settings, keep its answers in the
 * journals of the checkpoints they come from, grade them, and write its files.
 */
export interface EvaluationPlan extends Asking {
  readonly variants: readonly Variant[];
  /** Answers of the whole. */
  readonly total: number;
  readonly cost: Cost;
  /** The files that the command writes, of the answers so far. */
  files(answered: Answered): ResultPieces | Promise<ResultPieces>;
}

/** An analysis that asks models, or what is made of them, questions with right answers. */
export interface Evaluation<Values = SettingValues, Table = unknown> extends AnyAnalysis {
  readonly declaration: EvaluationDeclaration;
  readonly words: EvaluationWords;
  /** What is missing before it can run on these models, as a sentence; null where nothing is. @param said as of `findings` */
  needs(models: readonly AskedModel[], said?: EvaluationWords): string | null;
  /** Whether it has a use for any of the questions: before models are loaded. */
  asksAny(samples: ItemSets): boolean;
  /** @throws NamedError those of reading pictures; `MissingDescription`; `BadValue` of a setting that does not fit the models */
  plan(given: GivenEvaluation, values: Values): Promise<EvaluationPlan>;
  /** Answers put together, variant by variant. */
  table(graded: readonly GradedAnswer[], values: Values): Table;
  /** What was found, in sentences. @param said its own words in the language of who reads them; English unless given */
  findings(table: Table, values: Values, said?: EvaluationWords): readonly string[];
}
