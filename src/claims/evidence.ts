/** What a study measured, as claims are judged by it. */
import type { SettingValues } from '../analyses/setting-values.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { AblationRecord } from '../probes/ablation/sweep.ts';
import type { AttentionRecord } from '../probes/attention/shift.ts';
import type { SwapRecord } from '../probes/swap/sweep.ts';
import { ROLE_LABELS } from '../roles.mjs';
import type { FroNormFile } from '../spectra/results/fro-norm.ts';
import type { LayerwiseSvdFile } from '../spectra/results/layerwise-svd.ts';

/** Of one work of an analysis of updates. */
export interface MeasuredUpdates<File> {
  /** Key of its journal. */
  readonly work: string;
  readonly file: File;
}

/** Of one work that asked models. */
export interface AskedRecords<Record> {
  readonly work: string;
  /** As results call them; of an analysis of one model, that one. */
  readonly models: readonly string[];
  /** Of the language model. */
  readonly layers: number;
  readonly values: SettingValues;
  readonly records: readonly Record[];
}

/** Of one evaluation. */
export interface GradedAnswers {
  readonly graded: readonly GradedAnswer[];
}

/** By analysis, each of its works; none of what was not run. */
export interface Evidence {
  readonly energy: readonly MeasuredUpdates<FroNormFile>[];
  readonly diversity: readonly MeasuredUpdates<LayerwiseSvdFile>[];
  readonly swap: readonly AskedRecords<SwapRecord>[];
  readonly ablate: readonly AskedRecords<AblationRecord>[];
  readonly attention: readonly AskedRecords<AttentionRecord>[];
  readonly transfer: readonly GradedAnswers[];
  readonly necessity: readonly GradedAnswers[];
  readonly gap: readonly GradedAnswers[];
}

export const NO_EVIDENCE: Evidence = {
  ...{ energy: [], diversity: [], swap: [], ablate: [], attention: [] },
  ...{ transfer: [], necessity: [], gap: [] },
};

/** Of works that fit, the one that asked RL, else the first. */
export function ofRl<Record>(
  works: readonly AskedRecords<Record>[],
  fits: (work: AskedRecords<Record>) => boolean,
): AskedRecords<Record> | undefined {
  const fitting = works.filter(fits);
  return fitting.find(({ models }) => models[0] === ROLE_LABELS.rl) ?? fitting[0];
}
