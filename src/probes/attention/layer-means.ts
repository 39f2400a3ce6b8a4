import type { LayerRow } from '../../layer-index.ts';
import type { Mean } from '../summary/mean.ts';
import { meanOf } from '../summary/mean.ts';
import type { AttentionRecord } from './shift.ts';

/** Attention of one layer onto the image, over samples. */
export interface LayerAttention {
  /** Counted from 0. */
  readonly layer: LayerRow;
  /** Sum over the image's tokens. */
  readonly mass: Mean;
  /** Also divided by their number: what P1 Eq. 1 prints. */
  readonly mean: Mean;
  /** Mass per head, mean over samples. */
  readonly heads: readonly number[];
}

export interface ModelLayers {
  readonly name: string;
  /** Samples that count; others had no token to look from. */
  readonly n: number;
  readonly without: number;
  readonly layers: readonly LayerAttention[];
}

/** Means over heads and queries within a sample, then over samples (P1 Eq. 1), per model and layer. */
export function attentionByLayer(records: readonly AttentionRecord[]): readonly ModelLayers[] {
  const names = [...new Set(records.flatMap(({ models }) => models.map(({ name }) => name)))];
  return names.map((name) => {
    const all = records.flatMap(({ imageTokens, models }) => {
      const model = models.find((one) => one.name === name);
      return model ? [{ imageTokens, mass: model.mass }] : [];
    });
    const own = all.filter(({ mass }) => mass.length > 0);
    const layers = Array.from({ length: own[0]?.mass.length ?? 0 }, (_, layer): LayerAttention => {
      const perSample = own.map(({ mass, imageTokens }) => ({
        mass: average(mass[layer] ?? []),
        imageTokens,
      }));
      const heads = own[0]?.mass[layer]?.length ?? 0;
      return {
        layer,
        mass: meanOf(perSample.map(({ mass }) => mass)) as Mean,
        mean: meanOf(perSample.map(({ mass, imageTokens }) => mass / imageTokens)) as Mean,
        heads: Array.from({ length: heads }, (_, head) =>
          average(own.map(({ mass }) => mass[layer]?.[head] ?? 0)),
        ),
      };
    });
    return { name, n: own.length, without: all.length - own.length, layers };
  });
}

/** `attention_shift.json` (ours): layers counted from 0, IN and RL beside each other. */
export interface AttentionShiftFile {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly layers: readonly {
    readonly layer: LayerRow;
    readonly in: { readonly mass: number; readonly mean: number };
    readonly rl: { readonly mass: number; readonly mean: number };
  }[];
}

/** The file of two models' layers. */
export function attentionShiftFile(
  before: ModelLayers,
  after: ModelLayers,
  metadata: Readonly<Record<string, unknown>>,
): AttentionShiftFile {
  const numbers = ({ layers }: ModelLayers, layer: LayerRow): { mass: number; mean: number } => ({
    mass: layers[layer]?.mass.mean ?? NaN,
    mean: layers[layer]?.mean.mean ?? NaN,
  });
  return {
    metadata,
    layers: before.layers.map(({ layer }) => ({
      layer,
      in: numbers(before, layer),
      rl: numbers(after, layer),
    })),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
