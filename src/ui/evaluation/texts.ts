import { comparisonText } from '../../analyses/wording.mjs';
import { counted } from '../../counted.ts';
import type { PlannedTurns } from '../../engine/protocol/loading.ts';
import { itemCounts } from '../../evaluation/samples/item-counts.ts';
import { EVALUATION_TOLD } from '../../study/shown/questions-told.ts';
import { bytes, duration } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';

export const en = {
  /** A metric against that of the reference. */
  comparison: comparisonText,
  run: {
    evaluate: 'Evaluate',
    again: 'Compute again',
    goOn: 'Go on',
    empty: 'Run the evaluation to fill this.',
    soFar: (done: number, all: number) => `${done} of ${all} answers so far`,
    allKept: (all: number) => `${all} answers, all of them kept`,
    grading: (all: number) => `${all} answers, being graded`,
    cost: (all: number, kept: number) =>
      counted(all, 'answer') +
      (kept === 0 ? '' : kept === all ? ', all of them kept' : `, ${kept} of them kept from earlier`),
    missing: (why: string) => `Answers of earlier runs are missing: ${why}.`,
    turns: ({ memoryBytes, peakBytes, bytesReadAgain, seconds }: PlannedTurns) =>
      `Models take turns in ${bytes(memoryBytes)}, ${bytes(peakBytes)} of weights at a time at most: over all batches ${bytes(bytesReadAgain)} are read again${seconds === null ? '' : `, some ${duration(seconds)}`}.`,
  },
  /** The settings in a line. */
  told: EVALUATION_TOLD,
  style: 'Prompt style',
  samples: 'Samples of each set',
  seed: 'Seed',
  tokens: 'New tokens',
  questionsKept: (name: string) =>
    `Questions of ${name}: those that were asked are kept, without their pictures`,
  questionsOf: (name: string) => `Questions of ${name}`,
  questionsOfDemo: 'Questions of the demo sets, all held out',
  useDemo: 'Use the demo sets',
  itemCounts,
  connected:
    'To ask a remote model, or to have one judge results, there is a {link}: what you send there leaves your machine, with your own key. This page sends nothing.',
  connectedLink: 'page of its own',
  save: 'Save the results',
  saved: 'A folder in a ZIP file: records, summaries, intervals, and where they come from.',
  answers: {
    question: 'question',
    rightAnswer: 'right answer',
    counts: 'counts',
    yes: 'yes',
    no: 'no',
    /** What decided, how the answer was found in the response, and whether that was cut. */
    verdict: (rule: string | undefined, found: string | undefined, cut: boolean) =>
      `${rule ?? 'verdict of the file'}${found ? `, answer found as ${found}` : ''}${cut ? ', cut at the limit' : ''}`,
    title: (row: string, column: string, hits: number, n: number) =>
      `${row}, ${column}: ${hits} of ${n} count`,
  },
  undecided: (answers: number) => `${answers} not decided in time`,
  count: (n: number, undecided: number) => `${n}, ${undecided} not decided in time`,
  notes: (notes: readonly string[]) => notes.join('; '),
  chart: {
    description: 'Share of samples that count for each metric. The line is IN.',
    hint: 'Choose a value to see its samples.',
    unit: 'samples',
  },
};

export const t = texts('evaluation', en);
