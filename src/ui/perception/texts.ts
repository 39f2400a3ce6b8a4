import { REASONING_MEASURES } from '../../grading/measures.ts';
import { intervalName, type IntervalKind } from '../../statistics/interval-kind.ts';
import { texts } from '../language/texts.ts';

type Measures = Readonly<
  Record<
    keyof typeof REASONING_MEASURES,
    { readonly name: string; readonly unit: string; readonly definition: string }
  >
>;

export const en = {
  ask: 'Ask',
  chart: {
    title: 'The same puzzles by image and by text',
    description:
      'Share answered right when the puzzle is seen and when it is read, and the difference: what seeing costs.',
    hint: 'Choose a value to see its puzzles.',
    unit: 'puzzles',
    byImage: 'right by image (%)',
    byText: 'right by text (%)',
    gap: 'text − image (points)',
    all: 'all',
    allOf: (domain: string) => `all ${domain}`,
    paired: (gained: number, lost: number, tests: string) =>
      `right by text only ${gained}, by image only ${lost}; ${tests}`,
  },
  samples: (row: string, differing: number, all: number) =>
    `${row}: ${differing} of ${all} differ between the sides`,
  scores: {
    title: 'Rewards and reasoning measures of these responses',
    sides: { image: 'image', text: 'text' },
    undecided: 'not decided in time',
    of: (some: number, all: number) => `${some} of ${all}`,
    wellFormed: 'well-formed',
    tokens: 'tokens a response',
    within: (tag: string) => `within ${tag}`,
    withTag: (responses: number) => `in ${responses} responses that have the tag`,
    selfReflection: (unit: string) => `self-reflection, ${unit}`,
    visualReferences: (unit: string) => `visual references, ${unit}`,
    interval: (kind: IntervalKind, low: string, high: string) => `${intervalName(kind)}: ${low} to ${high}`,
  },
  playground: {
    title: 'Edit a response and watch its six rewards',
    rightAnswer: 'Right answer',
    response: 'Response',
    counted: (wellFormed: boolean, words: number, reflections: number, references: number) =>
      `${wellFormed ? 'Well-formed' : 'Not of the form think, then answer, alone'}; ${words} words of thinking, ${reflections} self-reflections, ${references} visual references.`,
    reward: 'reward',
    parts: 'what adds up to it',
    meter: (reward: string) => `${reward} reward`,
    rules: {
      correct: 'correct',
      'partial credit': 'partial credit',
      'tag present': 'tag present',
      'not decided in time': 'not decided in time',
    },
    sentences: (unique: number, repeated: number) => `${unique} new, ${repeated} again`,
  },
  measures: REASONING_MEASURES as Measures,
  definition: {
    gap: 'Gap',
    gapText:
      'Each puzzle is asked with its image, and with a text in its place that is written by rule from the puzzle’s state and never holds the answer. Gap = share right by text − share right by image, on the same puzzles: Newcombe’s paired interval, McNemar’s exact test, adjusted after Holm over the families of a model. A large gap says that seeing fails; low shares on both sides, that reasoning fails too. The demo family was trained with a black image beside the text, which is therefore its text side unless chosen otherwise.',
    rewards: 'Rewards',
    rewardsText:
      'score(tag) = tanh(unique sentences) − tanh(repeated sentences), R = Σ α · score. The answer’s score is its correctness; with Continuous partial credit (times by hour and minute, whole numbers 1/(1 + |d|) up to a distance of 5), with No-Accuracy whether there is an answer tag.',
    measures: 'Measures',
    measure: (name: string, unit: string, definition: string) => `${name} (${unit}). ${definition}`,
  },
};

export const t = texts('perception', en);
