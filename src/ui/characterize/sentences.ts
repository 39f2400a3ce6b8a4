import type { SubspaceOverlapFile } from '../../spectra/results/subspace-overlap-file.ts';
import { plainNumber } from '../charts/axis/value-axis.ts';
import { regionMeans, stretches } from '../charts/regions/region-means.ts';
import type { LayerSeries } from '../charts/layer-lines/series.ts';
import { counted, percent } from '../format/quantity.ts';
import type { Cuts } from '../layer-strip/regions.ts';
import { overlapCounts } from './overlap-series.ts';

/** What is said of each update: its regions' means with their spread, and where it is largest. */
export function regionSentence(series: LayerSeries, cuts: Cuts, layers: number, what: string): string {
  const means = regionMeans(series.points, stretches(cuts, layers, 0, 'llm'));
  if (means.length === 0) return `${series.label}: no layer of the language model so far.`;
  if (means.every(({ mean, deviation }) => mean === 0 && (deviation ?? 0) === 0))
    return `${series.label}: ${what} is exactly zero in every layer.`;
  const parts = means.map(({ name, mean, deviation, layers: n }) => {
    if (mean === 0 && (deviation ?? 0) === 0) return `${name} exactly zero`;
    const spread = deviation === null ? '' : ` ± ${plainNumber(Number(deviation.toPrecision(2)))}`;
    return `${name} ${plainNumber(mean)}${spread} (${n} ${n === 1 ? 'layer' : 'layers'})`;
  });
  const llm = series.points.filter(({ layer, value }) => layer > 0 && value !== null);
  const top = llm.reduce(
    (best, point) => ((point.value ?? 0) > (best.value ?? 0) ? point : best),
    llm[0] ?? { layer: 0, value: 0 },
  );
  return `${series.label}: mean ${what} and its spread between layers, ${parts.join(', ')}; largest in layer ${top.layer} (${plainNumber(top.value ?? 0)}).`;
}

/**
 * The share of all elements that an update left as they were.
 *
 * @param whole whether the checkpoints share every tensor
 */
export function unchangedSentence(label: string, share: number, whole = true): string {
  if (share === 1)
    return whole ? `${label} changes nothing at all.` : `${label} changes nothing of what was compared.`;
  if (share === 0) return `${label} changes every weight that was compared.`;
  return `${label} leaves ${percent(share)} of the weights exactly as they were.`;
}

/**
 * How far two updates share their output and input directions, against chance, and of how many matrices that cannot be said.
 *
 * @param series of the same file, its first two those of output and input directions
 */
export function overlapSentences(
  file: SubspaceOverlapFile,
  series: readonly LayerSeries[],
  cuts: Cuts,
  layers: number,
): string[] {
  const { matrices, without, unsettled, chance } = overlapCounts(file, file.k);
  const sentences: string[] = [];
  if (without > 0)
    sentences.push(
      without === matrices
        ? 'One of the updates is exactly zero in every matrix: nothing is shared.'
        : `In ${without} of ${counted(matrices, 'matrix').replace('matrixs', 'matrices')} one of the updates is exactly zero: they have no overlap.`,
    );
  if (without === matrices) return sentences;
  for (const [side, name] of [
    ['output', 'Output directions'],
    ['input', 'Input directions'],
  ] as const) {
    const own = series.find(({ key }) => key === side);
    const points = own?.points.filter(({ value }) => value !== null) ?? [];
    if (!own || points.length === 0) continue;
    const words = regionSentence({ ...own, label: name, points }, cuts, layers, 'overlap');
    sentences.push(`${words} Chance gives ${plainNumber(Number(chance[side].toPrecision(2)))}.`);
  }
  if (unsettled > 0)
    sentences.push(
      `The last vectors of ${unsettled} had not settled: singular values lie close together there, and with them the order of directions.`,
    );
  return sentences;
}
