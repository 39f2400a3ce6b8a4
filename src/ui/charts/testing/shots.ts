import { NamedError } from '../../../named-error.ts';
import LayerLines from '../layer-lines/LayerLines.svelte';
import { IN, LLM_FRAME, FRAME, DEMO_FRAME, RATE, RL, energySeries, swapSeries } from './samples.ts';

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
  labels: 'peaks',
};

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
        { kind: 'peak', label: 'counting 12', layer: 12, value: 0.874 },
        { kind: 'peak', label: 'grounding 18', layer: 18, value: 1 },
        { kind: 'peak', label: 'OCR 22', layer: 22, value: 0.928 },
        { kind: 'span', label: 'recognition 0–10', first: 1, last: 10 },
      ],
    },
  },
  {
    name: 'lines-energy',
    component: LayerLines,
    props: {
      frame: FRAME,
      title: 'Update energy per layer',
      description: 'Mean relative norm of the update over the matrices of a layer; two axes.',
      y: { title: 'IN: ‖Δ‖ / ‖W‖', colour: IN.colour },
      right: { title: 'RL: ‖Δ‖ / ‖W‖', colour: RL.colour },
      series: energySeries(),
      status: { kind: 'done', note: '729 tensors, 16.6 GB read' },
      published: [
        { kind: 'range', label: 'published 0.022–0.11', axis: 'left', low: 0.022, high: 0.11 },
        { kind: 'range', label: 'published 0.00045–0.0012', axis: 'right', low: 0.00045, high: 0.001225 },
      ],
    },
  },
  {
    name: 'lines-demo',
    component: LayerLines,
    props: {
      frame: DEMO_FRAME,
      title: 'Update energy per layer',
      description: 'A small model: few layers, the same axis.',
      y: { title: '‖Δ‖ / ‖W‖' },
      series: energySeries(DEMO_FRAME.body).map(({ axis: _, ...one }) => one),
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
];
