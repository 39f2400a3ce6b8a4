/** Regions of the LLM (docs/method.md §1): what they are called, and where a model is cut into them. Layers count from 1. */
import type { LayerIndex } from './layer-index.ts';
import { NamedError } from './named-error.ts';

/** As result files spell them. */
export type Region = 'early' | 'middle' | 'late';
export const REGIONS = ['early', 'middle', 'late'] as const satisfies readonly Region[];
/** As pages spell them. */
export const REGION_LABELS = { early: 'Early', middle: 'Mid', late: 'Late' } as const;

/** Early is layers 1 … a, Mid a + 1 … b, Late b + 1 … n. */
export type Cuts = readonly [a: LayerIndex, b: LayerIndex];

/** The two named ways to cut. */
export type CutPreset = 'thirds' | 'paper';

/** Cuts after ⌊n·i/k⌋ layers. */
export function evenCuts(layers: number, regions: number): readonly number[] {
  return Array.from({ length: regions - 1 }, (_, i) => Math.floor((layers * (i + 1)) / regions));
}

/** n//3 and 2n//3: 9/9/10 for 28. */
export function thirds(layers: number): Cuts {
  const [a = 0, b = 0] = evenCuts(layers, 3);
  return [a, b];
}

/** *paper*: the remainder goes to the first regions, 10/9/9 for 28. */
export function presetCuts(preset: CutPreset, layers: number): Cuts {
  if (preset === 'thirds') return thirds(layers);
  const size = Math.floor(layers / 3);
  const early = size + (layers % 3 > 0 ? 1 : 0);
  return [early, early + size + (layers % 3 > 1 ? 1 : 0)];
}

/** Which preset these cuts are; *custom* when neither. Where both agree it is thirds. */
export function presetOf(cuts: Cuts, layers: number): CutPreset | 'custom' {
  for (const preset of ['thirds', 'paper'] as const) {
    const [a, b] = presetCuts(preset, layers);
    if (a === cuts[0] && b === cuts[1]) return preset;
  }
  return 'custom';
}

/** The cuts with one of them moved to lie after layer `to`; no region becomes empty. */
export function moveCut(cuts: Cuts, cut: 0 | 1, to: LayerIndex, layers: number): Cuts {
  return cut === 0
    ? [Math.max(1, Math.min(to, cuts[1] - 1)), cuts[1]]
    : [cuts[0], Math.max(cuts[0] + 1, Math.min(to, layers - 1))];
}

/** The region of a unified layer index; null outside the LLM. */
export function regionOf(layer: LayerIndex, cuts: Cuts): Region | null {
  if (layer < 1) return null;
  return layer <= cuts[0] ? 'early' : layer <= cuts[1] ? 'middle' : 'late';
}

export function regionLabel(layer: LayerIndex, cuts: Cuts): string | null {
  const region = regionOf(layer, cuts);
  return region && REGION_LABELS[region];
}

/** A region with its first and last layer. */
export interface RegionSpan {
  readonly region: Region;
  readonly label: string;
  readonly first: LayerIndex;
  readonly last: LayerIndex;
}

export function regionSpans(cuts: Cuts, layers: number): readonly RegionSpan[] {
  const ends = [0, ...cuts, layers];
  return REGIONS.map((region, i) => ({
    ...{ region, label: REGION_LABELS[region] },
    ...{ first: Number(ends[i]) + 1, last: Number(ends[i + 1]) },
  }));
}

/** Something of each region, by its name. */
export function byRegion<T>(of: (region: Region) => T): Record<Region, T> {
  return { early: of('early'), middle: of('middle'), late: of('late') };
}

/** Whether each region has a layer. */
export function areCuts(cuts: readonly number[], layers: number): boolean {
  const ends = [0, ...cuts, layers];
  return cuts.every(Number.isInteger) && ends.every((end, i) => i === 0 || end > Number(ends[i - 1]));
}

/** @throws NamedError `InvalidCuts` where they do not make so many regions, or leave one empty */
export function checkCuts(cuts: readonly number[], regions: number, layers: number, field = 'cuts'): void {
  const shown = cuts.join(', ');
  if (cuts.length !== regions - 1) {
    throw new NamedError(
      'InvalidCuts',
      `${cuts.length} cuts (${shown}) do not make ${regions} regions`,
      { field },
      `give ${regions - 1}, each the last layer of its region`,
    );
  }
  if (areCuts(cuts, layers)) return;
  throw new NamedError(
    'InvalidCuts',
    `cuts after ${shown} leave a region of ${layers} layers empty`,
    { field },
    `give rising layer numbers between 1 and ${layers - 1}`,
  );
}

/** Cuts as a command writes them, `9,18`; undefined, thirds, where they are not given. @throws NamedError `InvalidCuts` */
export function parseCuts(text: string | null, layers: number): Cuts | undefined {
  if (text === null) return undefined;
  const cuts = text.split(',').map(Number);
  checkCuts(cuts, 3, layers);
  const [a = 0, b = 0] = cuts;
  return [a, b];
}
