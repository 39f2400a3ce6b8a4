/** Converted weights kept between visits, so that the second open skips reading and quantizing. */
import { dateOf } from '../../checkpoint/byte-source.ts';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { WeightDtype } from '../protocol/device.ts';
import type { LoadProgress, StoredWeights } from '../protocol/loading.ts';
import { modulesOf } from '../../work/modules.ts';
import type { WeightArrays } from './arrays.ts';
import type { CopySource } from './kept-manifest.ts';
import type { LoadReport, WriteTap } from './load.ts';
import type { PlannedWeight } from './plan.ts';

/** Names one conversion of one checkpoint by these modules; another split of the head is another conversion. */
export function keptKey(
  fingerprint: string,
  dtype: WeightDtype,
  plan: readonly PlannedWeight[],
  modules: string = modulesOf('weights'),
): string {
  return [fingerprint.slice(0, 32), dtype, modules.slice(0, 16), plan.length].join('-');
}

/** When each file that a checkpoint's weights are in was last written, where that is known. */
export function weightDates({ files, tensors }: Checkpoint): CopySource['dates'] {
  const dates: Record<string, number> = {};
  for (const name of new Set([...tensors.values()].map(({ file }) => file))) {
    const source = files.get(name);
    const date = source ? dateOf(source) : null;
    if (date !== null) dates[name] = date;
  }
  return dates;
}

/** Whether a copy was converted from a checkpoint of this fingerprint. */
export function isOfCheckpoint(key: string, fingerprint: string): boolean {
  return key.startsWith(`${fingerprint.slice(0, 32)}-`);
}

/** Whether two copies are of the same weights and differ in the code that converted them: the older serves nobody. */
export function isOutdatedBy(key: string, newer: string): boolean {
  const [[checkpoint, dtype, modules], [newCheckpoint, newDtype, newModules]] = [
    key.split('-'),
    newer.split('-'),
  ];
  return checkpoint === newCheckpoint && dtype === newDtype && modules !== newModules;
}

/** A copy in the making. */
export interface WeightKeeper {
  readonly write: WriteTap;
  commit(report: LoadReport): Promise<void>;
  discard(): Promise<void>;
}

export interface RestoreOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Of the files that would be read else. */
  readonly dates: CopySource['dates'];
}

/** Where copies live. */
export interface KeptWeights {
  /** Writes a kept copy to the device; null when there is none, not a whole one, or one of files of other dates. */
  restore(
    key: string,
    plan: readonly PlannedWeight[],
    arrays: WeightArrays,
    options: RestoreOptions,
  ): Promise<LoadReport | null>;
  keep(
    key: string,
    name: string,
    dtype: WeightDtype,
    plan: readonly PlannedWeight[],
    dates: CopySource['dates'],
  ): Promise<WeightKeeper | null>;
  list(): Promise<readonly StoredWeights[]>;
  delete(key: string): Promise<void>;
}
