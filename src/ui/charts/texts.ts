import { FEW, LEAST, rangeOfN } from '../../few-items.mjs';
import { INTERVAL_KINDS } from '../../interval-kinds.mjs';
import { listed } from '../../listed.mjs';
import { spanText } from '../../number-text.mjs';
import type { IntervalKind } from '../../statistics/interval-kind.ts';
import { texts } from '../language/texts.ts';

const singular = (unit: string): string => (unit === 'matrices' ? 'matrix' : unit.replace(/s$/, ''));

export const en = {
  /** Sentences that stand one after the other. */
  sentences: (all: readonly string[]) => all.filter(Boolean).join(' '),
  listed,
  span: spanText,
  intervals: INTERVAL_KINDS as Readonly<Record<IntervalKind, string>>,
  /** A number of its axis with its interval, on n items. */
  within: (value: string, span: string) => `${value} (${span})`,
  onItems: (value: string, n: number) => `${value}, n = ${n}`,
  alone: (value: string, floor: string) => `${value}, rounding alone ${floor}`,
  edge: (value: string, edge: string) => `${value}, edge of rounding ${edge}`,
  printed: (value: string) => `published ${value}`,
  notCovered: 'not covered',
  noValue: 'no value',
  notMeasured: 'not measured',
  /** @param unit what n counts: "pairs", "matrices" */
  perPoint: (counts: readonly number[], unit: string) => {
    const counted = counts.every((n) => n === 1) ? singular(unit) : unit;
    return `${rangeOfN(counts)}${counted && ` ${counted}`} a point`;
  },
  few: (counts: readonly number[], hollows: boolean) => {
    const told = Math.min(...counts) < LEAST ? `below ${LEAST} they tell nothing` : 'read their intervals';
    return `${hollows ? 'hollow: ' : ''}fewer than ${FEW} items (${rangeOfN(counts)}), ${told}`;
  },
  published: 'published',
  publishedIn: (sources: readonly string[]) => `Published: ${sources.join('; ')}.`,
  layer: {
    one: 'layer',
    projector: 'Projector',
    vision: (index: string) => `Vision block ${index}`,
    of: (index: number, region: string) => `Layer ${index}, ${region}`,
    and: (name: string, more: string) => `${name}, ${more}`,
    /** A line's highest value, and where it stands. */
    peak: (value: string, layers: readonly number[]) => {
      const where =
        layers.length > 3
          ? `${layers.length} layers`
          : `${layers.length === 1 ? 'layer' : 'layers'} ${listed(layers.map(String))}`;
      return `${value} at ${where}`;
    },
  },
  regions: { Vision: 'Vision' } as Readonly<Record<string, string>>,
  mean: 'mean',
  meanWithin: 'mean (95 %)',
  meanSpread: 'mean ± sd',
  rank: (rank: number) => `rank ${rank}`,
  rankAxis: 'rank i',
  edgeAlone: 'edge of rounding alone',
  /** What a line or a row is called, and what is said of it. */
  of: (name: string, what: string) => `${name}, ${what}`,
  told: (name: string, what: string) => `${name}: ${what}`,
  row: (title: string, name: string) => `${title} ${name}`,
  floorOf: (name: string) => `rounding alone, ${name}`,
  columns: {
    component: 'component',
    rank: 'rank',
    layer: 'layer',
    variant: 'variant',
    metric: 'metric',
    value: 'value',
    low: 'low',
    high: 'high',
    published: 'published',
    note: 'note',
    floor: (title: string) => `rounding alone, ${title}`,
  },
  keys: {
    dots: 'Up and down: component. Left and right: checkpoint.',
    variants: 'Up and down: variant. Left and right: metric.',
    lines: 'Left and right: layer. Up and down: series.',
    map: (rows: string) => `Left and right: layer. Up and down: ${rows}.`,
    surface: (rows: string) =>
      `Left and right: layer. Up and down: ${rows}. With Shift the arrows turn the surface; dragging does, too.`,
    spectrum: 'Left and right: rank. Up and down: series.',
    tokens: 'Left and right: token.',
    samples: 'Enter: the samples behind the place.',
  },
  chart: 'chart',
  table: 'Table',
  take: {
    export: 'Export',
    exportOf: (title: string) => `Export ${title}`,
    cite: 'Cite',
    embed: 'Embed',
    slide: (width: number, height: number) => `Pictures laid out for ${width} × ${height}`,
    citing: { figure: 'Cite this figure', study: 'Cite this study' },
    text: 'Text',
    embedding: 'Embed this chart',
    either: 'Light or dark, as the reader has it',
    light: 'Light',
    dark: 'Dark',
  },
  facts: {
    /** What was done, of which models, on what. */
    work: (done: string, models: readonly string[], on: string | null) =>
      `${done} of ${listed(models)}${on === null ? '' : ` on ${on}`}`,
    measured: (title: string | null, work: string, points: string) => {
      const own = title === null ? work : `${title}: ${work.charAt(0).toLowerCase()}${work.slice(1)}`;
      return `${[own, points].filter(Boolean).join('; ')}.`;
    },
    drawn: (title: string, models: readonly string[]) =>
      models.length === 0 ? `${title}.` : `${title}: ${listed(models)}.`,
    intervals: (interval: string) => `Intervals: ${interval}`,
    seed: (seed: number) => `drawn with seed ${seed}`,
    noSeed: 'no seed',
    published: (sources: readonly string[]) => `Published: ${sources.join(' ')}`,
  },
};

export const t = texts('charts', en);
