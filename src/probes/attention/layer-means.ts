import type { LayerRow } from '../../layer-index.ts';
import { mean as average } from '../../statistics/mean.ts';
import type { Mean } from '../../statistics/mean-interval.ts';
import { studentMean } from '../../statistics/student.ts';
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

/** Summed over the image's tokens, or also divided by their number. */
export type AttentionReading = 'mass' | 'mean';

/** What attention cannot lie beyond. */
const SHARE = { low: 0, high: 1 };

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
      const heads = own[0]?.mass[layer]?.length ?? 0;
      const over = (reading: AttentionReading): Mean =>
        studentMean(
          own.map((sample) => attentionOf(sample, layer, reading)),
          SHARE,
        ) as Mean;
      return {
        ...{ layer, mass: over('mass'), mean: over('mean') },
        heads: Array.from({ length: heads }, (_, head) =>
          average(own.map(({ mass }) => mass[layer]?.[head] ?? 0)),
        ),
      };
    });
    return { name, n: own.length, without: all.length - own.length, layers };
  });
}

/** Mean attention of the layers `from` … `to` (counted from 0, both included) of one model, over samples. null of none. */
export function regionAttention(
  records: readonly AttentionRecord[],
  name: string,
  reading: AttentionReading,
  from: LayerRow,
  to: LayerRow,
): Mean | null {
  const own = records.flatMap(({ imageTokens, models }) =>
    models
      .filter((model) => model.name === name && model.mass.length > from)
      .map(({ mass }) => ({ imageTokens, mass })),
  );
  return studentMean(
    own.map((sample) =>
      average(sample.mass.slice(from, to + 1).map((_, index) => attentionOf(sample, from + index, reading))),
    ),
    SHARE,
  );
}

/** Of one sample, mean over the heads of a layer. */
function attentionOf(
  { mass, imageTokens }: { readonly mass: readonly (readonly number[])[]; readonly imageTokens: number },
  layer: LayerRow,
  reading: AttentionReading,
): number {
  const whole = average(mass[layer] ?? []);
  return reading === 'mass' ? whole : whole / imageTokens;
}

interface MassAndMean {
  readonly mass: number;
  readonly mean: number;
}

/** `attention_shift.json` (ours): layers counted from 0, IN and RL beside each other, and Base where it was asked. */
export interface AttentionShiftFile {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly layers: readonly {
    readonly layer: LayerRow;
    readonly base?: MassAndMean;
    readonly in: MassAndMean;
    readonly rl: MassAndMean;
  }[];
}

/** The file of two models' layers, and of Base's. */
export function attentionShiftFile(
  before: ModelLayers,
  after: ModelLayers,
  metadata: Readonly<Record<string, unknown>>,
  base: ModelLayers | null = null,
): AttentionShiftFile {
  const numbers = ({ layers }: ModelLayers, layer: LayerRow): MassAndMean => ({
    mass: layers[layer]?.mass.mean ?? NaN,
    mean: layers[layer]?.mean.mean ?? NaN,
  });
  return {
    metadata,
    layers: before.layers.map(({ layer }) => ({
      layer,
      ...(base ? { base: numbers(base, layer) } : {}),
      in: numbers(before, layer),
      rl: numbers(after, layer),
    })),
  };
}
