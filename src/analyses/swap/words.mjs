import { LEAST } from '../../few-items.mjs';
import { INTERVAL_KINDS } from '../../interval-kinds.mjs';
import { evenShares, spanText } from '../../number-text.mjs';
import { WORDS } from '../shared-settings.mjs';
import { layerNames, shareText } from '../wording.mjs';

/**
 * @import {Words} from '../declaration.ts'
 * @import {TaskRates} from '../../probes/swap/change-rates.ts'
 * @import {MeanWithin} from '../../statistics/mean-interval.ts'
 * @import {SwapMode} from '../../probes/swap/mode.ts'
 * @import {Reads} from '../../engine/protocol/intervention.ts'
 * @import {declaration} from './declaration.mjs'
 */

export const TASK_NAMES = {
  ocr: 'OCR',
  counting: 'Counting',
  grounding: 'Grounding',
  recognition: 'Recognition',
};

export const words = /** @satisfies {Words<typeof declaration.settings>} */ ({
  title: 'Token swap',
  help: 'visual-token swap, layer by layer',
  samples: 'folder of <task>/data.jsonl and <task>/images/',
  empty: 'Swap one layer after another to see where answers change.',
  needs: 'Load a model.',
  settings: {
    tasks: {
      help: 'ocr, counting, grounding, recognition (default: all)',
      ...{ label: 'Tasks', names: TASK_NAMES },
    },
    samples: {
      help: 'pairs of each task, the first ones (default: all)',
      label: 'Pairs of each task',
      open: 'all',
    },
    mode: {
      help: 'swap one layer, or it and all after it',
      label: 'Swap',
      names: { single: 'one layer', 'from-layer': 'this layer and all after it' },
      titles: { single: 'P1 Eq. 2, VFL', 'from-layer': 'the reference code, and P1 App. D.2.1' },
    },
    reads: {
      help: 'who reads a layer swapped alone: all later positions, or only what comes after the image (from-layer: both are one)',
      label: 'Swapped entries are read by',
      names: { all: 'all that follows', text: 'what comes after the image' },
      titles: {
        all: "Every later position, the image's own included, which carry the change on to the layers above (P1 Eq. 2)",
        text: "The prompt is read as it is up to the image's end, and goes on with the swapped entries (VFL's teaser). From a layer on, both are the same",
      },
    },
    injection: {
      help: "what DeepStack adds at swapped positions: the target's own, the source's, or nothing (other models: kept)",
      ...WORDS.injection,
      names: { kept: 'kept', source: 'of the source', removed: 'removed' },
      titles: {
        kept: "The target's own are added after the first layers, as without a swap",
        source: "The source's are added at swapped positions, resampled as its keys and values are",
        removed: 'None are added at swapped positions',
      },
    },
    definition: {
      help: 'of "changed"; both are always recorded',
      ...{ label: 'Changed, as defined by', names: { paper: 'the papers', reference: 'the reference code' } },
    },
    layers: WORDS.layers,
    literalImage: {
      help: 'a literal <image> at the beginning of a prompt',
      ...{ label: 'A literal <image> before a prompt', names: { strip: 'left out', keep: 'as is' } },
    },
    answerSource: { help: "also ask for the model's own answer to the source image" },
    maxNewTokens: WORDS.maxNewTokens,
    rows: { ...WORDS.rows, help: 'answers at once, of several pairs (default: 104, or what memory holds)' },
  },

  findings: {
    /**
     * "Counting changes most at layer 12: 87.4 % (Wilson 95 %: 79.4 % to 92.5 %, n = 100)."
     * @param {TaskRates} rates
     */
    peak({ task, layers }) {
      const highest = Math.max(...layers.map(({ rate }) => rate));
      const peaks = layers.filter(({ rate }) => rate === highest);
      const [first] = peaks;
      if (!first) return '';
      const found = shareText({ ...first, hits: first.changed });
      if (first.changed === 0) return `${TASK_NAMES[task]} changes at no layer: ${found}.`;
      return `${TASK_NAMES[task]} changes most at ${layerNames(peaks.map(({ layer }) => layer))}: ${found}.`;
    },

    /**
     * "Mean over Early 12 % (8 % to 16 %), Mid …; bootstrap over items, 95 %, seed 0."; regions without a layer are left out, and all of
     * them where so few pairs say nothing.
     * @param {readonly {readonly name: string, readonly rate: MeanWithin | null}[]} regions
     */
    regions(regions) {
      const told = regions.flatMap(({ name, rate }) => (rate && rate.n >= LEAST ? [{ name, ...rate }] : []));
      const form = evenShares(told.flatMap(({ mean, interval }) => [mean, interval.low, interval.high]));
      const parts = told.map(
        ({ name, mean, interval }) => `${name} ${form(mean)} (${spanText(interval, form)})`,
      );
      return parts.length > 0 ? `Mean over ${parts.join(', ')}; ${INTERVAL_KINDS.bootstrap}.` : '';
    },

    /**
     * Where the answers went at a task's peak, the first of equals.
     * @param {TaskRates} rates
     */
    went({ layers }) {
      const peak = layers.reduce((best, layer) => (layer.rate > best.rate ? layer : best));
      if (peak.changed === 0) return '';
      const { source, elsewhere, unchanged } = peak.went;
      return `At layer ${peak.layer + 1} ${source} of ${peak.n} answers went to the source's, ${elsewhere} elsewhere, ${unchanged} stayed.`;
    },

    /**
     * What a definition that does not look at the original answer counts without any swap.
     * @param {TaskRates} rates
     */
    before({ task, changedBefore, n }) {
      if (changedBefore === 0) return '';
      return `${TASK_NAMES[task]}: ${changedBefore} of ${n} already meet the definition without a swap.`;
    },

    /**
     * Which reading these are; of all that follows nothing is said.
     * @param {SwapMode} mode
     * @param {Reads} reads
     * @returns {string}
     */
    reads(mode, reads) {
      if (reads === 'all') return '';
      return mode === 'single'
        ? "Swapped entries were read only by what comes after the image (VFL's teaser)."
        : 'Whether the image reads swapped entries, too, makes no difference from a layer on.';
    },

    /** @param {number} pairs */
    resampled(pairs) {
      return pairs > 0 ? `${pairs} of its pairs were resampled: other image sizes.` : '';
    },
  },
});

/**
 * What its charts show, with the text that the swap follows.
 * @param {SwapMode} mode
 * @param {Reads} reads
 * @returns {string}
 */
export function swapped(mode, reads) {
  const changed = 'Share of pairs whose answer changed when the visual tokens of one layer';
  if (mode === 'from-layer')
    return `${changed} and of all after it were swapped (the reference code, and P1 App. D.2.1).`;
  return reads === 'text'
    ? `${changed} were swapped, for what comes after the image alone to read (VFL's teaser).`
    : `${changed} were swapped, for all that follows to read, the image itself included (P1 Eq. 2).`;
}
