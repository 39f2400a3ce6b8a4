import { presetCuts } from '../../../regions.ts';
import { identityAt } from '../../theme/identity.ts';
import { AS_PERCENT, type ValueAxis } from '../axis/value-axis.ts';
import { Highlight } from '../figure/chart-cursor.svelte.ts';
import type { ChartFrame } from '../frame.ts';
import type { LayerSeries } from '../layer-lines/series.ts';
import type { MarkerShape } from '../marks/markers.ts';
import { seededRandom } from '../../../work/seeded-random.ts';

/** Invented numbers in the shapes the analyses give, for the gallery and the pictures of the tests. */
export const BODY = { visionBlocks: 32, layers: 28 };
/** The layer that all of them read. */
export const HIGHLIGHT = new Highlight();
export const FRAME: ChartFrame = {
  body: BODY,
  cuts: presetCuts('thirds', 28),
  covers: 'all',
  highlight: HIGHLIGHT,
};
export const LLM_FRAME: ChartFrame = { ...FRAME, covers: 'llm' };
/** Of a model with DeepStack. */
export const INJECTING_FRAME: ChartFrame = { ...LLM_FRAME, body: { ...BODY, injectedAfter: [0, 1, 2] } };
export const DEMO_FRAME: ChartFrame = {
  body: { visionBlocks: 4, layers: 12 },
  cuts: presetCuts('thirds', 12),
  covers: 'all',
  highlight: HIGHLIGHT,
};

export const [BASE, IN, RL] = [identityAt(0), identityAt(1), identityAt(2)] as const;

export const RATE: ValueAxis = { title: 'change rate (%)', domain: [0, 1], ...AS_PERCENT };

const bump = (layer: number, at: number, width: number) => Math.exp(-(((layer - at) / width) ** 2));

/** Share with its Wilson interval at 95 %, n = 100. */
function rate(layer: number, share: number) {
  const n = 100;
  const p = Math.round(share * n) / n;
  const z2 = 3.8416;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Math.sqrt(3.8416) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return { layer, value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), n };
}

/** Change rate of four tasks, one checkpoint: peaks where the papers have them. */
export function swapSeries(layers = 28): LayerSeries[] {
  const random = seededRandom(5);
  const tasks: [string, MarkerShape, number, number, number][] = [
    ['recognition', 'circle', 5, 5, 0.62],
    ['counting', 'square', 12, 3.2, 0.87],
    ['grounding', 'triangle', 18, 2.6, 0.98],
    ['OCR', 'diamond', 22, 2.2, 0.92],
  ];
  return tasks.map(([label, marker, at, width, height]) => ({
    key: label,
    ...{ label, panel: label },
    colour: IN.colour,
    marker,
    points: Array.from({ length: layers }, (_, i) => {
      const depth = ((i + 1) * 28) / layers;
      return rate(i + 1, Math.min(1, height * bump(depth, at, width) + 0.06 * random()));
    }),
  }));
}

/** Relative norms of the two updates over the whole body, a factor of a hundred apart. */
export function energySeries({ visionBlocks, layers } = BODY): LayerSeries[] {
  const random = seededRandom(7);
  const indices = Array.from({ length: visionBlocks + 1 + layers }, (_, i) => i - visionBlocks);
  const points = (low: number, high: number, at: number) =>
    indices.map((layer) => ({
      layer,
      value: low + (high - low) * (0.25 + 0.7 * bump(layer, at, 14)) * (0.85 + 0.3 * random()),
    }));
  return [
    { key: 'in', label: 'IN', colour: IN.colour, points: points(0.022, 0.11, 24) },
    {
      key: 'rl',
      label: 'RL',
      colour: RL.colour,
      marker: 'square',
      points: points(0.00045, 0.001225, 14),
    },
  ];
}

/** The same of a run with its first layers frozen: their updates are exactly zero. */
export function frozenEnergySeries(frozen = 9): LayerSeries[] {
  return energySeries().map((one) => ({
    ...one,
    points: one.points.map((point) =>
      one.key === 'rl' && point.layer <= frozen ? { ...point, value: 0 } : point,
    ),
  }));
}

/** Attention onto the image of two checkpoints, and their difference with its interval. */
export function attentionShift(layers = 28): LayerSeries {
  const random = seededRandom(23);
  return {
    ...{ key: 'difference', label: 'RL − IN', colour: 'var(--ink)' },
    points: Array.from({ length: layers }, (_, i) => {
      const value = 0.03 * bump(i + 1, 19, 5) - 0.012 * bump(i + 1, 6, 4) + 0.004 * (random() - 0.5);
      const half = 0.006 + 0.004 * random();
      return { layer: i + 1, value, low: value - half, high: value + half, n: 40 };
    }),
  };
}

/** Error rates with one layer left out; early and late ones matter. */
export function ablationSeries(layers = 28): LayerSeries {
  const random = seededRandom(29);
  return {
    ...{ key: 'layer', label: 'RL', colour: RL.colour },
    points: Array.from({ length: layers }, (_, i) =>
      rate(
        i + 1,
        Math.min(1, 0.24 + 0.7 * bump(i + 1, 1, 2) + 0.5 * bump(i + 1, layers, 1.5) + 0.08 * random()),
      ),
    ),
  };
}

/** The same of checkpoints whose LLM is stored rounded: SFT is well above what rounding alone would give, RL not everywhere. */
export function roundedEnergySeries(body = BODY): LayerSeries[] {
  const floors: Readonly<Record<string, number>> = { in: 0.03, rl: 0.0009 };
  return energySeries(body).map((one) => ({
    ...one,
    points: one.points.map((point) => {
      if (point.layer < 1) return point;
      const floor = (floors[one.key] ?? 0) * (1 + 0.15 * Math.sin(point.layer));
      return { ...point, floor, atFloor: point.value !== null && point.value <= floor };
    }),
  }));
}

/** log(σᵢ/σ₁) over layer and rank: quick decay in the middle layers, slow at the ends. */
export function spectraGrid({ visionBlocks, layers } = BODY, ranks = 50): Map<number, (number | null)[]> {
  const random = seededRandom(11);
  return new Map(
    Array.from({ length: visionBlocks + 1 + layers }, (_, i) => {
      const layer = i - visionBlocks;
      const steep = 0.35 + 0.55 * bump(layer, 14, 9) + 0.35 * bump(layer, -12, 10) + 0.08 * random();
      const column = Array.from({ length: ranks }, (__, r) =>
        r === 0 ? 0 : -steep * Math.log(1 + r) - 0.012 * r * (1 + 0.2 * random()),
      );
      return [layer, column];
    }),
  );
}

/** Heads × layers: attention mass on the image. */
export function headsGrid(layers = 28, heads = 28): Map<number, number[]> {
  const random = seededRandom(13);
  return new Map(
    Array.from({ length: layers }, (_, l) => [
      l + 1,
      Array.from({ length: heads }, () => 0.1 * random() ** 3 * (0.4 + bump(l, 16, 7))),
    ]),
  );
}

export const COMPONENTS = [
  { key: 'attention', label: 'Attention', n: 112 },
  ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((key) => ({ key, label: key, inner: true, n: 28 })),
  { key: 'mlp', label: 'MLP', n: 84 },
  ...['gate_proj', 'up_proj', 'down_proj'].map((key) => ({ key, label: key, inner: true, n: 28 })),
];

/** Mean relative norm by component, with the spread over layers. */
export function componentValues(size: number): Map<string, { value: number; low: number; high: number }> {
  const random = seededRandom(17);
  return new Map(
    COMPONENTS.map(({ key }) => {
      const value = size * (0.5 + random());
      return [key, { value, low: value * 0.8, high: value * 1.25 }];
    }),
  );
}

const PUZZLES = ['clock', 'maze', 'all'];

/** Puzzles by image and by text, of two models: few puzzles a kind, many together. */
export function gapRows(): { key: string; label: string; donors: string[]; group: string }[] {
  return PUZZLES.flatMap((group) =>
    [IN, RL].map(({ label, colour }) => ({
      ...{ key: `${label}/${group}`, label: `${group}, ${label}` },
      ...{ donors: [colour], group },
    })),
  );
}

/** Of both sides, and of what lies between them. */
export function gapDot(row: string, column: string): { value: number; low: number; high: number; n: number } {
  const n = row.endsWith('all') ? 96 : 6;
  const value =
    column === 'image' ? 1 / 6 : column === 'text' ? 4 / 6 : row.startsWith('IN') ? 3 / 6 : -1 / 6;
  const half = 1 / Math.sqrt(n);
  const least = column === 'gap' ? -1 : 0;
  return { value, low: Math.max(least, value - half), high: Math.min(1, value + half), n };
}

const VARIANTS = ['Base', 'IN', 'IN:RL:RL', 'IN:IN:RL', 'RL:RL:IN', 'RL:IN:IN', 'IN:RL:IN', 'RL:IN:RL', 'RL'];
export const METRICS = ['M_vis', 'M_v2r', 'M_rea'] as const;
const COLOUR_OF: Readonly<Record<string, string>> = { Base: BASE.colour, IN: IN.colour, RL: RL.colour };

export const VARIANT_ROWS = VARIANTS.map((label) => ({
  key: label,
  label,
  donors: label.split(':').map((donor) => COLOUR_OF[donor] ?? ''),
}));

/** A transfer matrix: shares of 100 with Wilson intervals, and the numbers a paper printed beside them. */
export function transferDots(): Map<string, ReturnType<typeof rate> & { published: number; note: string }> {
  const random = seededRandom(19);
  return new Map(
    VARIANTS.flatMap((row) =>
      METRICS.map((metric, m) => {
        const share = 0.35 + 0.15 * m + 0.15 * random();
        const published = Math.round((share + 0.06 * (random() - 0.5)) * 100) / 100;
        return [`${row} ${metric}`, { ...rate(0, share), published, note: 'p = 0.41 against IN' }] as const;
      }),
    ),
  );
}
