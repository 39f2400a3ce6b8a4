import { plainNumber } from '../charts/axis/value-axis.ts';
import { regionMeans, stretches } from '../charts/regions/region-means.ts';
import type { LayerSeries } from '../charts/layer-lines/series.ts';
import { percent } from '../format/quantity.ts';
import type { Cuts } from '../layer-strip/regions.ts';

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

/** The share of all elements that an update left as they were. */
export function unchangedSentence(label: string, share: number): string {
  if (share === 1) return `${label} changes nothing at all.`;
  if (share === 0) return `${label} changes every weight that was compared.`;
  return `${label} leaves ${percent(share)} of the weights exactly as they were.`;
}
