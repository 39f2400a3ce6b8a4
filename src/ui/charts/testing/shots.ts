import { NamedError } from '../../../named-error.ts';
import AnswerChart from '../../analyses/tokens/AnswerChart.svelte';
import LayerLines from '../layer-lines/LayerLines.svelte';
import ComponentDots from '../component-dots/ComponentDots.svelte';
import IntervalDots from '../interval-dots/IntervalDots.svelte';
import LayerHeatMap from '../layer-heat-map/LayerHeatMap.svelte';
import LayerSurface from '../layer-surface/LayerSurface.svelte';
import SpectrumOverlay from '../spectrum-overlay/SpectrumOverlay.svelte';
import { ANSWER } from '../../analyses/tokens/testing/answer.ts';
import {
  ablationSeries,
  attentionShift,
  COMPONENTS,
  componentValues,
  DEMO_FRAME,
  energySeries,
  frozenEnergySeries,
  gapDot,
  gapRows,
  FRAME,
  headsGrid,
  IN,
  INJECTING_FRAME,
  LLM_FRAME,
  METRICS,
  RATE,
  RL,
  roundedEnergySeries,
  spectraGrid,
  swapSeries,
  transferDots,
  VARIANT_ROWS,
} from './samples.ts';

/** A chart with its properties, to be looked at in the gallery and compared in the tests. */
export interface Shot {
  readonly name: string;
  readonly component: unknown;
  readonly props: Record<string, unknown>;
}

const swap = {
  frame: LLM_FRAME,
  title: 'Change rate per layer',
  description: 'Share of pairs whose answer changed when the visual tokens of one layer were swapped.',
  y: RATE,
  onselect: () => undefined,
  peaks: true,
};

const NORM = { title: 'mean ‖Δ‖/‖W‖, logarithmic', log: true };
const JOINT = { ...NORM, title: 'joint ‖Δ‖/‖W‖, logarithmic' };
const range = (low: number, high: number) => ({ kind: 'range', short: 'paper', low, high });

const spectra = {
  title: 'Update diversity',
  description: 'Singular values of the update relative to the largest, natural logarithm.',
  rows: { title: 'rank', first: 1, count: 50 },
  magnitude: { title: 'ln(σᵢ/σ₁)' },
  lines: [10, 20, 30, 40],
  status: { kind: 'done', note: 'exact spectra of 729 matrices' },
};

const GRID = spectraGrid();
const countsOf = (grid: ReadonlyMap<number, unknown>, n: number) =>
  new Map([...grid.keys()].map((layer) => [layer, n]));
const SPECTRA = (
  [
    [2, 'circle'],
    [14, 'square'],
    [27, 'triangle'],
  ] as const
).map(([layer, marker]) => ({
  key: String(layer),
  label: `layer ${layer}`,
  colour: IN.colour,
  marker,
  values: (GRID.get(layer) ?? []).map((value) => Math.exp(value ?? 0)),
  n: 7,
}));

const DOTS = transferDots();

export const SHOTS: readonly Shot[] = [
  {
    name: 'lines-swap',
    component: LayerLines,
    props: {
      ...swap,
      series: swapSeries(),
      status: { kind: 'done', note: 'n = 100 pairs a task' },
      selected: { series: 'grounding', layer: 18 },
      published: [
        { kind: 'span', label: 'VFL layers 0 to 10, here 1 to 11', panel: 'recognition', first: 1, last: 11 },
        { kind: 'peak', label: 'VFL layer 12, here 13', panel: 'counting', layer: 13, value: 0.874 },
        { kind: 'peak', label: 'VFL layer 18, here 19', panel: 'grounding', layer: 19, value: 1 },
        { kind: 'peak', label: 'VFL layer 22, here 23', panel: 'OCR', layer: 23, value: 0.928 },
      ],
    },
  },
  {
    name: 'lines-injecting',
    component: LayerLines,
    props: {
      ...{ ...swap, frame: INJECTING_FRAME, series: swapSeries() },
      status: { kind: 'done', note: 'n = 100 pairs a task' },
    },
  },
  {
    name: 'lines-energy',
    component: LayerLines,
    props: {
      frame: FRAME,
      title: 'Update energy per layer',
      description: 'Mean relative norm of the update over the matrices of a layer.',
      y: NORM,
      series: energySeries(),
      status: { kind: 'done', note: '729 tensors, 16.6 GB read' },
      published: [
        { ...range(0.022, 0.11), label: 'Frankenstein: IN 0.022 to 0.11', colour: IN.colour },
        {
          ...range(0.00045, 0.001225),
          label: 'Frankenstein: RL 0.00045 to 0.0012',
          colour: RL.colour,
        },
      ],
    },
  },
  {
    name: 'lines-frozen',
    component: LayerLines,
    props: {
      frame: FRAME,
      title: 'Update energy per layer',
      description: 'Early layers were frozen: their updates are exactly zero.',
      y: NORM,
      series: frozenEnergySeries(),
      status: { kind: 'done', note: '729 tensors' },
    },
  },
  {
    name: 'lines-floor',
    component: LayerLines,
    props: {
      frame: FRAME,
      title: 'Update energy per layer',
      description: 'Hatched: what rounding to the stored format alone would give.',
      y: NORM,
      series: roundedEnergySeries(),
      status: { kind: 'done', note: '729 tensors, 4.6 GB read' },
    },
  },
  {
    name: 'lines-difference',
    component: LayerLines,
    props: {
      frame: LLM_FRAME,
      title: 'Attention shift per layer, RL − IN',
      description: 'How much more RL attends to the image than IN, sample by sample.',
      y: { title: 'attention mass on the image, RL − IN' },
      series: [attentionShift()],
      levels: [{ key: 'zero', label: 'no difference', colour: 'var(--ink-soft)', value: 0 }],
      status: { kind: 'done', note: 'n = 40' },
    },
  },
  {
    name: 'lines-baseline',
    component: LayerLines,
    props: {
      frame: LLM_FRAME,
      title: 'Error rate per ablated layer',
      description: 'Share of wrong answers when one layer adds nothing to the residual stream.',
      y: { ...RATE, title: 'error rate (%)' },
      series: [ablationSeries()],
      levels: [
        {
          ...{ key: 'baseline', label: 'RL without ablation', colour: 'var(--ink-soft)' },
          ...{ value: 0.24, low: 0.167, high: 0.332, n: 100 },
        },
      ],
      status: { kind: 'done', note: 'n = 100' },
    },
  },
  {
    name: 'lines-demo',
    component: LayerLines,
    props: {
      frame: DEMO_FRAME,
      title: 'Update energy per layer',
      description: 'A small model: few layers, the same axis.',
      y: NORM,
      series: energySeries(DEMO_FRAME.body),
      status: { kind: 'done', note: '' },
    },
  },
  {
    name: 'lines-partial',
    component: LayerLines,
    props: {
      ...swap,
      series: swapSeries()
        .slice(0, 2)
        .map((one) => ({ ...one, points: one.points.filter(({ layer }) => layer <= 11) })),
      status: { kind: 'partial', note: 'n = 37 of 100 so far' },
    },
  },
  {
    name: 'lines-empty',
    component: LayerLines,
    props: { ...swap, series: [], status: { kind: 'empty', what: 'Nothing was swapped yet.' } },
  },
  {
    name: 'lines-failed',
    component: LayerLines,
    props: {
      ...swap,
      series: swapSeries().slice(0, 1),
      status: {
        kind: 'failed',
        error: new NamedError(
          'DeviceLost',
          'the GPU stopped answering after 41 of 100 pairs',
          {},
          'run again; it goes on at pair 42',
        ),
      },
    },
  },
  {
    name: 'heat-spectra',
    component: LayerHeatMap,
    props: { ...spectra, frame: FRAME, grid: GRID, counts: countsOf(GRID, 7) },
  },
  {
    name: 'heat-heads',
    component: LayerHeatMap,
    props: {
      frame: LLM_FRAME,
      title: 'Attention on the image, head by head',
      description: 'Share of attention from generated tokens to image tokens.',
      grid: headsGrid(),
      counts: countsOf(headsGrid(), 40),
      rows: { title: 'head', first: 0, count: 28 },
      magnitude: { title: 'mass' },
      scheme: 'cividis',
      status: { kind: 'done', note: 'n = 40' },
    },
  },
  {
    name: 'surface-spectra',
    component: LayerSurface,
    props: { ...spectra, frame: FRAME, grid: GRID, counts: countsOf(GRID, 7) },
  },
  {
    name: 'spectrum',
    component: SpectrumOverlay,
    props: {
      title: 'Spectra of chosen layers',
      description: 'Singular values of the update, relative to the largest.',
      series: SPECTRA,
      lines: [10, 20, 30, 40],
      status: { kind: 'done', note: 'down_proj' },
    },
  },
  {
    name: 'components-floor',
    component: ComponentDots,
    props: {
      title: 'Update energy by component',
      description: 'Strokes: what rounding alone would give.',
      y: JOINT,
      components: COMPONENTS,
      columns: [
        {
          ...{ key: 'rl', label: 'RL', colour: RL.colour },
          values: new Map(
            [...componentValues(0.001)].map(([key, { value }], i) => [
              key,
              { value, floor: 0.0006 * (1 + 0.2 * (i % 5)) },
            ]),
          ),
        },
      ],
      status: { kind: 'done', note: '' },
    },
  },
  {
    name: 'spectrum-edge',
    component: SpectrumOverlay,
    props: {
      title: 'Spectra of chosen layers',
      description: 'Dotted: where the values of rounding alone would end.',
      series: SPECTRA.map((one, i) => ({ ...one, edge: [0.2, 0.14, 0.3][i] })),
      lines: [10, 20, 30, 40],
      status: { kind: 'done', note: 'down_proj' },
    },
  },
  {
    name: 'spectrum-two',
    component: SpectrumOverlay,
    props: {
      title: 'Spectra of chosen layers',
      description: 'Singular values of two updates, relative to the largest. Dashed: RL − IN.',
      series: SPECTRA.slice(0, 2).flatMap((one) => [
        { ...one, key: `in ${one.key}`, label: `IN − Base, ${one.label}` },
        {
          ...{ ...one, key: `rl ${one.key}`, label: `RL − IN, ${one.label}` },
          ...{ colour: RL.colour, dashed: true, values: one.values.map((value) => value ** 2) },
        },
      ]),
      lines: [10, 20, 30, 40],
      status: { kind: 'done', note: 'down_proj' },
    },
  },
  {
    name: 'tokens-answer',
    component: AnswerChart,
    props: {
      title: 'Divergence along the answer',
      description: 'At every token of one answer, in nats: 0 where both models say the same.',
      ...{ record: ANSWER, all: [ANSWER], exact: true, unit: 'answers' },
      status: { kind: 'done', note: '1 answer' },
    },
  },
  {
    name: 'components',
    component: ComponentDots,
    props: {
      title: 'Update energy by component',
      description: 'Mean relative norm over all layers; the line is the range between them.',
      y: JOINT,
      components: COMPONENTS,
      columns: [
        {
          key: 'in',
          label: 'IN',
          colour: IN.colour,
          values: componentValues(0.06),
        },
        {
          key: 'rl',
          label: 'RL',
          colour: RL.colour,
          marker: 'square',
          values: componentValues(0.0009),
        },
      ],
      status: { kind: 'done', note: '28 layers' },
    },
  },
  {
    name: 'dots-transfer',
    component: IntervalDots,
    props: {
      title: 'Transfer matrix',
      description: 'Accuracy of each stitched model with its 95 % Wilson interval; diamonds are published.',
      rows: VARIANT_ROWS,
      columns: METRICS.map((key) => ({ key, axis: { ...RATE, title: `${key} (%)` }, reference: 'IN' })),
      cell: (row: string, column: string) => DOTS.get(`${row} ${column}`),
      status: { kind: 'done', note: 'n = 100, seed 123' },
      selected: { row: 'RL:IN:IN', column: 'M_rea' },
      onselect: () => undefined,
    },
  },
  {
    name: 'dots-gap',
    component: IntervalDots,
    props: {
      title: 'The same puzzles by image and by text',
      description: 'Share answered right when the puzzle is seen and when it is read, and the difference.',
      finding: 'IN: the gap from image to text is widest at clock: +50 points (n = 6: few).',
      rows: gapRows(),
      columns: [
        { key: 'image', axis: { ...RATE, title: 'right by image (%)' } },
        { key: 'text', axis: { ...RATE, title: 'right by text (%)' } },
        { key: 'gap', axis: { ...RATE, title: 'text − image (points)', domain: [-1, 1] } },
      ],
      cell: gapDot,
      interval: 'shares',
      status: { kind: 'done', note: '' },
    },
  },
];
