import { counted } from '../../counted.ts';
import { originNotice, originText } from '../../study/journal/origin-text.ts';
import { takenText } from '../../study/journal/taken-text.ts';
import { comparedText } from '../../study/weights/compared-text.ts';
import { texts } from '../language/texts.ts';

type Size = number | null;

export const en = {
  starting: 'Starting',
  loading: (model: string) => `Loading ${model}`,
  waiting: 'Waiting for the engine',
  compiling: 'Compiling graphs',
  openToCompute: (models: readonly string[]) =>
    `Open ${models.length === 0 ? 'its checkpoints' : `and load ${models.join(' and ')}`} to compute more.`,
  question: {
    reading: 'Reading the question',
    answering: 'Answering',
    tokens: (done: number, most: number) => `${done} of at most ${most} tokens`,
  },
  /** Why a model cannot give layers to another. */
  mismatch: {
    layers: (from: Size, to: Size) => `layers ${from}, not ${to}`,
    hiddenSize: (from: Size, to: Size) => `hidden size ${from}, not ${to}`,
    intermediateSize: (from: Size, to: Size) => `MLP size ${from}, not ${to}`,
    heads: (from: Size, to: Size) => `attention heads ${from}, not ${to}`,
    kvHeads: (from: Size, to: Size) => `key/value heads ${from}, not ${to}`,
    device: (device: string) => `loaded on ${device}`,
  },
  /** What the job bar calls the work of pages. */
  jobs: {
    readingPairs: 'Reading pairs',
    readingQuestions: 'Reading questions',
    readingResults: 'Reading results',
    readingPictures: 'Reading pictures',
    gradingAnswers: 'Grading answers',
    evaluatingMerges: 'Evaluating merges',
    evaluatingFrozen: 'Evaluating frozen runs',
    askingPuzzles: 'Asking puzzles by image and by text',
    measuringNoise: 'Measuring weights for noise',
    measuringRounding: 'Measuring what rounding loses',
    comparingAnswers: 'Comparing answers',
    loadingOriginal: 'Loading the original',
    loadingCopy: 'Loading the quantized copy',
    exporting: 'Exporting the merge',
  },
  updates: {
    measured: (title: string) => `${title} is being measured; its end is awaited.`,
    notComparable: 'What is open cannot be compared.',
  },
  written: (files: number, size: string, where: string) =>
    `${counted(files, 'file')}, ${size}, written to ${where}.`,
  readingFile: (file: string) => `Reading ${file}`,
  savingJournal: 'Saving the journal',
  taken: takenText,
  badSettings: (names: readonly string[]) =>
    `Of the settings that this browser kept, some could not be read, and begin anew: ${names.join(', ')}.`,
  /** Who else computed what is shown. */
  origin: originText,
  originNotice,
  compared: comparedText,
  loadsAgain: (why: string) => `A later visit has to load its models to show it: ${why}.`,
};

export const t = texts('state', en);
