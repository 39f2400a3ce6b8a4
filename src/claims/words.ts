/** What claims say, in English; in other languages beside it. Verdicts and names of claims are the same in all. */
import { counted } from '../counted.ts';
import { itemsText } from '../few-items.mjs';
import { listed } from '../listed.mjs';
import { spanText } from '../number-text.mjs';
import type { Task } from '../probes/task.ts';
import type { Interval } from '../statistics/wilson.ts';
import { type IntervalKind, intervalName } from '../statistics/interval-kind.ts';
import { TASK_NAMES } from '../analyses/swap/words.mjs';

const OF_BOTH = 'RL compared with IN.';
const BY_SIDE = 'lies above 0 for every model, not supported where it lies below 0 for every model';

export const words = {
  /** By the claim's name: what the paper says, where, and what should be known besides. */
  claims: {
    'energy-smaller': {
      where: 'Fig. 5',
      says: 'RL changes the weights far less than the supervised cold start before it.',
    },
    'energy-later': {
      where: 'Abstract; Fig. 5',
      says: 'What RL changes lies mostly in the middle and late layers.',
    },
    'diversity-differs': {
      where: 'Fig. 6',
      says: 'The singular values of RL’s update have another shape than those of the cold start’s, throughout the model.',
      note: 'The figure shows both surfaces; in which way they differ it does not say.',
    },
    'attention-more': {
      where: 'Eq. 1',
      says: 'After RL what the model writes attends more to the image, in the middle and late layers.',
    },
    'attention-later': {
      where: 'Abstract; Eq. 1',
      says: 'RL shifts attention to the image mainly in the middle and late layers, less in the early ones.',
    },
    'recognition-layers': {
      where: 'swap of single layers, model of 28 layers',
      says: 'What an object is is read from the image in the first layers (0 to 10 of 28).',
    },
    'counting-layers': {
      where: 'swap of single layers, model of 28 layers',
      says: 'Counts are read from the image in the middle (layer 12 of 28).',
    },
    'grounding-layers': {
      where: 'swap of single layers, model of 28 layers',
      says: 'Places are read from the image after the first third (layer 18 of 28).',
    },
    'ocr-layers': {
      where: 'swap of single layers, model of 28 layers',
      says: 'Words are read from the image late (layer 22 of 28).',
    },
    'reasoning-later': {
      where: 'functional localization, zero ablation',
      says: 'Reasoning is computed in the middle and late layers: without one of them more answers go wrong than without an early one.',
      note: 'The paper’s abstract says of RL’s changes that they lie there; that reasoning does is how we read its layer by layer probing.',
    },
    'rl-vision': {
      where: 'Abstract; Table 2',
      says: 'RL does not make the model see better across the board.',
      note: 'That there is no gain cannot be shown; only a loss supports it.',
    },
    'rl-alignment': { where: 'Abstract; Table 2', says: 'RL improves reasoning from what is seen.' },
    'rl-reasoning': { where: 'Abstract; Table 2', says: 'RL improves reasoning.' },
    'transfer-alignment': {
      where: 'Table 2',
      says: 'The middle and late layers of RL, put into IN, bring a gain in reasoning from what is seen.',
    },
    'transfer-reasoning': {
      where: 'Table 2',
      says: 'The middle and late layers of RL, put into IN, bring a gain in reasoning.',
    },
    'frozen-mid': {
      where: 'Table 3',
      says: 'Without training the middle layers RL gains less in reasoning.',
    },
    'frozen-late': {
      where: 'Table 3',
      says: 'Without training the late layers RL loses its gain in reasoning.',
      note: 'The paper’s own Table 3 has 34 of 100 both for RL and for RL with Late frozen.',
    },
    'perception-gap': {
      where: 'accuracy by image and by text',
      says: 'Seeing is what fails: told in words, the same puzzles are solved more often.',
    },
    'puzzles-in-domain': {
      where: 'v1, abstract; accuracy by reward',
      says: 'RL for puzzles answers more puzzles of the kinds that it was trained on.',
    },
    'puzzles-out-of-domain': {
      where: 'v1, abstract; accuracy by reward',
      says: 'RL for puzzles answers more puzzles of kinds that it was not trained on.',
      note: 'The paper’s first version says so; its later abstract speaks of transfer that is traded for in-domain accuracy.',
    },
  },

  tasks: TASK_NAMES as Readonly<Record<Task, string>>,
  regions: (names: readonly string[]) => listed(names),

  /** What of an analysis a claim takes. */
  needs: {
    energy: `Update energy of Base, IN and RL, ${OF_BOTH}`,
    diversity: `Update diversity of Base, IN and RL, ${OF_BOTH}`,
    attention: 'Attention of IN and RL on questions about images.',
    swap: (task: string) => `Token swap of single layers on pairs of ${task}.`,
    ablate: 'Zero ablation of whole layers, one at a time.',
    metric: (variant: string, metric: string) => `${variant} and IN on ${metric}.`,
    frozen: (region: string) =>
      `RL and a run with ${region} frozen, with "${region.toLowerCase()}" in its name, on M_rea.`,
    gap: 'Puzzles by image and by text, of any models.',
    domain: (domain: string) => `Puzzles by image that are marked ${domain}, of IN and RL.`,
  },

  /** When a claim counts as supported, when as not, and when neither. */
  rules: {
    smaller:
      'Supported where the mean ‖Δ‖/‖W‖ of RL − IN is at most a tenth of that of IN − Base in every layer of the language model, not supported where in none, undecided otherwise. That a tenth is "far less" is our reading.',
    later:
      'Supported where mean ‖Δ‖/‖W‖ of RL − IN ± its standard deviation between layers lies higher over Mid and Late together than over Early, not supported where it lies lower, undecided where the two overlap. The ± is a spread between layers, no interval.',
    differs:
      'Supported where the mean effective rank of RL − IN lies on the same side of that of IN − Base in every layer of the language model, not supported where on neither side in three quarters of the layers, undecided otherwise. In fast mode a layer counts where the two 95 % intervals of the estimates are apart.',
    gap: `Supported where the 95 % interval of right by text less right by image ${BY_SIDE}, undecided otherwise.`,
    /** Of an interval, by the side of zero on which it lies. */
    side: (of: string, side: 'above' | 'below') =>
      `Supported where the 95 % interval of ${of} lies ${side} 0, not supported where it lies ${side === 'above' ? 'below' : 'above'} 0, undecided where it holds 0.`,
    of: {
      attention: 'attention mass of RL less that of IN over Mid and Late, sample by sample,',
      shift: 'RL − IN over Mid and Late less RL − IN over Early, sample by sample,',
      swap: (here: string, there: string) =>
        `answers changed by a layer of ${here} less answers changed by one of ${there}, pair by pair,`,
      ablate:
        'wrong answers without a layer of Mid or Late less wrong answers without one of Early, problem by problem,',
      metric: (metric: string, variant: string) =>
        `${metric} of ${variant} less that of IN, question by question,`,
      frozen: (region: string) =>
        `M_rea of the run with ${region} frozen less that of RL, question by question,`,
      domain: (domain: string) =>
        `right answers by image of RL less those of IN, puzzle by puzzle (${domain}),`,
    },
  },

  /** Why a study has not what a claim takes. */
  missing: {
    energy: 'Update energy was not measured in this study.',
    energyOfBoth: 'No update energy of both IN − Base and RL − IN was measured.',
    zero: 'IN − Base is exactly zero in some layer.',
    diversity: 'Update diversity was not measured in this study.',
    diversityOfBoth: 'No effective rank of both IN − Base and RL − IN was measured.',
    attention: 'Attention was not measured in this study.',
    attentionOfBoth: 'No attention of both IN and RL was measured.',
    tokens: 'In no sample did both models have a token to look from.',
    swap: 'The token swap was not run in this study.',
    single: 'Layers were swapped together with all after them, not alone.',
    pairs: (task: string) => `No pairs of ${task} were asked.`,
    ablate: 'Zero ablation was not run in this study.',
    whole: 'Only attention or MLP were left out, not whole layers.',
    probed: (here: string, there: string) => `No layer of ${here} and of ${there} was probed.`,
    layers: 'The models have fewer than three layers: there are no thirds.',
    transfer: 'The evaluation of merges was not run in this study.',
    necessity: 'Frozen runs were not evaluated in this study.',
    gap: 'Puzzles were not asked in this study.',
    frozen: (region: string) => `No run with ${region} frozen was evaluated.`,
    metric: (variant: string, metric: string) => `${variant} was not asked for ${metric}.`,
    domain: (domain: string) => `No puzzle that is marked ${domain} was answered by both IN and RL.`,
    both: 'No puzzle was answered both by image and by text.',
    few: (variant: string, n: number) => `${variant}: ${itemsText(n)}.`,
    graded:
      'The study keeps answers, and not which of them are right: the command `study` judges this claim as it runs.',
  },

  /** What is measured of which. */
  what: {
    attention: 'Attention mass on the image over Mid and Late, RL − IN',
    shift: 'RL − IN in attention mass over Mid and Late less that over Early',
    swap: (model: string, task: string, here: string, there: string) =>
      `${model}, ${task}: answers changed by a layer of ${here} less those changed by one of ${there}`,
    ablate: (model: string) =>
      `${model}: wrong answers without a layer of Mid or Late less those without one of Early`,
    metric: (metric: string, after: string, before: string) => `${metric}, ${after} − ${before}`,
    domain: (domain: string) => `Right by image, RL − IN, ${domain}`,
    gap: (variant: string) => `${variant}, right by text − by image`,
  },

  /** The numbers: of differences of shares in points. */
  found: {
    value: (number: string, inPoints: boolean) => `${number}${inPoints ? ' points' : ''}`,
    few: (what: string, n: number) => `${what}: ${itemsText(n)}.`,
    bare: (what: string, value: string, n: number) => `${what}: ${value}, without an interval (n = ${n}).`,
    within: (
      what: string,
      value: string,
      kind: IntervalKind,
      interval: Interval,
      form: (value: number) => string,
      n: number,
    ) => `${what}: ${value} (${intervalName(kind)}: ${spanText(interval, form)}, ${itemsText(n)}).`,
    smaller: (least: string, most: string, far: number, layers: number, rounded: number) =>
      `Mean ‖Δ‖/‖W‖ of RL − IN is ${least === most ? least : `${least} to ${most}`} of that of IN − Base, and at most a tenth in ${far} of ${counted(layers, 'layer')}; of all weights, so without an interval.${
        rounded > 0 ? ` In ${counted(rounded, 'layer')} RL − IN is not told from rounding.` : ''
      }`,
    later: (rest: string, restLayers: number, early: string, earlyLayers: number) =>
      `Mean ‖Δ‖/‖W‖ of RL − IN is ${rest} over Mid and Late (${counted(restLayers, 'layer')}), ${early} over Early (${counted(earlyLayers, 'layer')}); standard deviation between layers, no interval.`,
    differs: (lower: number, higher: number, layers: number, after: string, before: string) =>
      `Effective rank of RL − IN is lower than that of IN − Base in ${lower} of ${counted(layers, 'layer')} and higher in ${higher}: ${after} against ${before} on average; standard deviation between layers, no interval.`,
    all: (sentences: readonly string[]) => sentences.join(' '),
  },
};

type Widened<Texts> = {
  readonly [Name in keyof Texts]: Texts[Name] extends string
    ? string
    : Texts[Name] extends (...given: infer Given) => string
      ? (...given: Given) => string
      : Widened<Texts[Name]>;
};

/** Of every language. */
export type ClaimWords = Widened<typeof words>;
export type ClaimId = keyof ClaimWords['claims'];
