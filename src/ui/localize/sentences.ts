/** What was found, in words. Layers are named by their unified index (1 … L). */
import type { Interval } from '../../statistics/wilson.ts';
import type { ErrorRate } from '../../probes/ablation/error-rates.ts';
import type { ModelLayers } from '../../probes/attention/layer-means.ts';
import type { ModelDepths } from '../../probes/lens/depths.ts';
import type { PatchDepth } from '../../probes/patching/agreement.ts';
import type { Mean } from '../../probes/summary/mean.ts';
import type { TaskRates } from '../../probes/swap/change-rates.ts';
import type { Task } from '../../probes/task.ts';

const NAMES: Readonly<Record<Task, string>> = {
  ocr: 'OCR',
  counting: 'Counting',
  grounding: 'Grounding',
  recognition: 'Recognition',
};

export function taskName(task: Task): string {
  return NAMES[task];
}

/** "12 %". */
function percent(share: number): string {
  return `${Math.round(100 * share)} %`.replace('-', '\u2212');
}

/** "79 to 92 %". */
function span({ low, high }: Interval): string {
  return `${Math.round(100 * low)} to ${Math.round(100 * high)} %`.replaceAll('-', '\u2212');
}

/** "layer 12", "layers 3, 4 and 9"; of more than three equals the first and last are named. */
export function layerNames(layers: readonly number[]): string {
  const names = layers.map((layer) => String(layer + 1));
  if (names.length === 1) return `layer ${names[0]}`;
  if (names.length > 3) return `${names.length} layers alike, from ${names[0]} to ${names.at(-1)}`;
  return `layers ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** "Counting changes most at layer 12: 87 % (79 to 92 %, n = 100)." */
export function swapPeak({ task, layers, n }: TaskRates): string {
  const highest = Math.max(...layers.map(({ rate }) => rate));
  if (!(highest > 0)) return `${NAMES[task]} changes at no layer (n = ${n}).`;
  const peaks = layers.filter(({ rate }) => rate === highest);
  const [first] = peaks;
  if (!first) return '';
  return `${NAMES[task]} changes most at ${layerNames(peaks.map(({ layer }) => layer))}: ${percent(highest)} (${span(first.interval)}, n = ${n}).`;
}

/** "Mean over Early 12 % (8 to 16 %), Mid …" */
export function regionWords(
  regions: readonly { readonly name: string; readonly rate: Mean | null }[],
): string {
  const parts = regions.flatMap(({ name, rate }) =>
    rate ? [`${name} ${percent(rate.mean)} (${span(rate.interval)})`] : [],
  );
  return parts.length > 0 ? `Mean over ${parts.join(', ')}.` : '';
}

/** Where the answers went at a task's peak. */
export function wentWords({ layers }: TaskRates): string {
  const peak = layers.reduce((best, layer) => (layer.rate > best.rate ? layer : best));
  const { source, elsewhere, unchanged } = peak.went;
  return `There ${source} answers went to the source's, ${elsewhere} elsewhere, ${unchanged} stayed.`;
}

/** What a definition that does not look at the original answer counts without any swap. */
export function beforeWords({ task, changedBefore, n }: TaskRates): string | null {
  if (changedBefore === 0) return null;
  return `${NAMES[task]}: ${changedBefore} of ${n} already meet the definition without a swap.`;
}

/** The worst layer, its accuracy drop and its test. */
export function ablationWords(rates: readonly ErrorRate[]): readonly string[] {
  const [baseline, ...layers] = rates;
  if (!baseline) return [];
  const words = [
    `Without ablation ${percent(baseline.errorRate)} of the answers are wrong (${span(baseline.interval)}, n = ${baseline.n}).`,
  ];
  const highest = Math.max(...layers.map(({ errorRate }) => errorRate));
  const worst = layers.filter(({ errorRate }) => errorRate === highest);
  const [first] = worst;
  if (first?.drop) {
    const { delta, interval, p } = first.drop;
    words.push(
      `Leaving out ${layerNames(worst.map(({ layer }) => layer))} costs most: ${percent(first.errorRate)} wrong, accuracy ${percent(delta)} (${span(interval)}; McNemar p = ${p < 1e-4 ? '< 0.0001' : p.toPrecision(2)}).`,
    );
    words.push(
      `Its answers have ${first.form.meanTokens.toFixed(0)} tokens on average (${baseline.form.meanTokens.toFixed(0)} without ablation); ${percent(first.form.cutOff)} were cut off, ${percent(first.form.withAnswerTag)} carry an answer tag (${percent(baseline.form.withAnswerTag)}).`,
    );
  }
  return words;
}

/** Where two models differ most in attention onto the image. */
export function attentionWords(before: ModelLayers, after: ModelLayers): string {
  const pairs = before.layers.flatMap(({ layer, mass }) => {
    const other = after.layers[layer]?.mass.mean;
    return other === undefined ? [] : [{ layer, from: mass.mean, to: other }];
  });
  if (pairs.length === 0) return '';
  const widest = pairs.reduce((best, pair) =>
    Math.abs(pair.to - pair.from) > Math.abs(best.to - best.from) ? pair : best,
  );
  const more = pairs.filter(({ from, to }) => to > from).length;
  return `${after.name} looks at the image more than ${before.name} at ${more} of ${pairs.length} layers; they differ most at layer ${widest.layer + 1}: mass ${widest.from.toFixed(4)} against ${widest.to.toFixed(4)} (n = ${Math.min(before.n, after.n)}).`;
}

/** The first depth from which most answers can be read. */
export function lensWords({ name, depths, n }: ModelDepths): string {
  const first = depths.find(
    ({ readable }, index) => readable > 0.5 && depths.slice(index).every((later) => later.readable > 0.5),
  );
  if (!first) return `${name}: at no layer can more than half of the answers be read (n = ${n}).`;
  const where = first.depth === 0 ? 'from the embedding on' : `after layer ${first.depth}`;
  return `${name}: more than half of the answers can be read ${where} (${percent(first.readable)}, ${span(first.interval)}, n = ${n}).`;
}

/** From which depth the recipient answers like the donor. */
export function patchWords(
  donor: string,
  recipient: string,
  asked: number,
  differing: number,
  depths: readonly PatchDepth[],
): string {
  if (differing === 0) return `${donor} and ${recipient} answer all ${asked} questions alike so far.`;
  const majority = depths.find(
    ({ asDonor, n }, index) =>
      asDonor * 2 > n && depths.slice(index).every((later) => later.asDonor * 2 > later.n),
  );
  const begin = `${donor} and ${recipient} differ on ${differing} of ${asked} questions.`;
  if (!majority) return `${begin} At no depth do most of them follow ${donor}.`;
  const where = majority.depth === 0 ? 'the embeddings' : `layers 1 to ${majority.depth}`;
  return `${begin} With ${where} of ${donor}, most of them follow ${donor}: ${majority.asDonor} of ${majority.n} (${span(majority.interval)}).`;
}
