import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import type { LongWork } from '../work/long-work.ts';
import type { ResultFile } from './result-file.ts';

/** What running it costs, as far as that can be told before. */
export interface Cost {
  readonly samples: number;
  /** That models give. */
  readonly answers: number;
  /** Prompts' worth of layers that are read: rows that differ from a layer on share those below it. */
  readonly prompts: number;
  /** Groups of answers that are said together, token by token. */
  readonly batches: number;
  /** Of an answer, at most. */
  readonly newTokens: number;
}

/**
 * Prompts' worth of layers that rows read which differ from a layer on: each the part above it.
 *
 * @param first the lowest layer of each row, from 0
 */
export function promptsAbove(first: readonly number[], layers: number): number {
  return first.reduce((sum, layer) => sum + (layers - layer) / layers, 0);
}

/**
 * One piece of work, laid out: an analysis with everything that it was given. Page and command make it of the same inputs and
 * settings, run it with their journals, and write its files.
 */
export interface Plan<Record, Sample> {
  readonly identity: WorkIdentity;
  /** What records are filed under, in the order of its files. */
  readonly keys: readonly string[];
  /** Records of the whole. */
  readonly total: number;
  readonly cost: Cost;
  /** What records are about, by key: pictures to be shown beside them. */
  readonly samples: ReadonlyMap<string, Sample>;
  /**
   * Computes what is not finished.
   *
   * @throws NamedError `Cancelled`, those of the engine and of reading what is asked
   */
  run(work: LongWork<Record> & Partial<WithVerifier>): Promise<unknown>;
  /**
   * The files that the command writes, of the records so far.
   *
   * @param origin goes into provenance: the build that computed them, where that is not this one
   */
  files(records: ReadonlyMap<string, Record>, origin?: object): readonly ResultFile[];
}

/** Records in the order of what they are about, by keys or samples with ids, whatever order they came in. */
export function inOrder<Record>(
  records: ReadonlyMap<string, Record>,
  about: readonly (string | { readonly id: string })[],
): readonly Record[] {
  return about.flatMap((one) => records.get(typeof one === 'string' ? one : one.id) ?? []);
}
