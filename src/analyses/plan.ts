import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import { coneOf, type ConeReads } from '../engine/cone.ts';
import type { RowSpec } from '../engine/protocol/intervention.ts';
import { ASKED_TOGETHER } from '../evaluation/answers/answer-all.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import type { LongWork } from '../work/long-work.ts';
import type { ResultFile } from './result-file.ts';

/** What running it costs, as far as that can be told before. */
export interface Cost {
  readonly samples: number;
  /** That models give. */
  readonly answers: number;
  /** How often all layers read a position of each part of a sample's prompt, over all samples; rows that differ from a layer on share those below it. */
  readonly reads: Reads;
  /** Prompts read, however many rows read one together. */
  readonly prompts: number;
  /** Images that the vision blocks see: each checkpoint sees an image once. */
  readonly images: number;
  /** Groups of answers that are said together, token by token. */
  readonly batches: number;
  /** Of an answer, at most. */
  readonly newTokens: number;
}

/** Of a prompt's parts, and of its answer where that is read once more. */
export interface Reads extends ConeReads {
  readonly answer: number;
}

/** Answers that are given to whole prompts: what stands before the image is kept from prompt to prompt. */
export function plainReads(answers: number): Reads {
  return { before: 0, image: answers, after: answers, answer: 0 };
}

/** Prompts that are read with their answers behind them, from their beginnings on. */
export function wholeReads(prompts: number): Reads {
  return { before: prompts, image: prompts, after: prompts, answer: prompts };
}

/** @param rows as they share a prompt, each of `samples` */
export function sweepReads(rows: readonly RowSpec[], layers: number, samples: number): Reads {
  const { before, image, after } = coneOf(rows, layers);
  return { before: samples * before, image: samples * image, after: samples * after, answer: 0 };
}

export function addedReads(one: Reads, other: Reads): Reads {
  return {
    before: one.before + other.before,
    image: one.image + other.image,
    after: one.after + other.after,
    answer: one.answer + other.answer,
  };
}

/**
 * Of an evaluation, as `answerAll` asks it.
 *
 * @param models checkpoints, each of which sees all images
 * @param part of the layers of prompts that is read, of 1: the rest is shared by variants
 */
export function evaluationCost(
  samples: number,
  answers: number,
  models: number,
  newTokens: number,
  part = 1,
): Cost {
  return {
    ...{ samples, answers, reads: plainReads(part * answers), prompts: answers, images: samples * models },
    ...{ batches: Math.ceil(answers / ASKED_TOGETHER), newTokens },
  };
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
