/** Of samples that were answered in two settings: how many were right (T) or wrong (F) in A, then in B. */
export interface Transitions {
  readonly n_TT: number;
  readonly n_TF: number;
  readonly n_FT: number;
  readonly n_FF: number;
}

/** Whether one sample was answered right in setting A and in setting B. */
export interface PairOfSettings {
  readonly a: boolean;
  readonly b: boolean;
}

export function transitions(samples: readonly PairOfSettings[]): Transitions {
  const count = (a: boolean, b: boolean): number =>
    samples.filter((sample) => sample.a === a && sample.b === b).length;
  return {
    n_TT: count(true, true),
    n_TF: count(true, false),
    n_FT: count(false, true),
    n_FF: count(false, false),
  };
}

/** docs/method.md §7.2's derived numbers; shares are of all N, rates of those that could change. 0 where nothing could. */
export interface TransitionSummary extends Transitions {
  readonly N: number;
  readonly acc_A: number;
  readonly acc_B: number;
  /** acc_A − acc_B, the sign of the reference. */
  readonly delta_acc: number;
  /** n_FT − n_TF. */
  readonly net_gain: number;
  /** n_TF / (n_TT + n_TF). */
  readonly side_effect_rate: number;
  /** n_FT / (n_FF + n_FT). */
  readonly lift_rate: number;
}

export function summarize(counts: Transitions): TransitionSummary {
  const { n_TT, n_TF, n_FT, n_FF } = counts;
  const N = n_TT + n_TF + n_FT + n_FF;
  return {
    N,
    acc_A: share(n_TT + n_TF, N),
    acc_B: share(n_TT + n_FT, N),
    delta_acc: share(n_TF - n_FT, N),
    ...counts,
    net_gain: n_FT - n_TF,
    side_effect_rate: share(n_TF, n_TT + n_TF),
    lift_rate: share(n_FT, n_FF + n_FT),
  };
}

/** The three metrics of P1 (docs/method.md §7.2). */
export const METRICS = ['M_vis', 'M_v2r', 'M_rea'] as const;
export type Metric = (typeof METRICS)[number];

/**
 * Whether a sample counts for a metric. M_vis: right with the image and wrong with a black one. M_v2r: right with the
 * image and right with a black one and the description. M_rea: right; there is no setting B.
 */
export function counts(metric: Metric, sample: PairOfSettings): boolean {
  if (metric === 'M_vis') return sample.a && !sample.b;
  return metric === 'M_v2r' ? sample.a && sample.b : sample.a;
}

/** Four decimals, as the reference writes its files. */
export function fourDecimals(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
