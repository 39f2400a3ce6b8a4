/** Choosing the next token from logits. */
import { NamedError } from '../named-error.ts';
import type { Random } from '../work/seeded-random.ts';
import type { Sampling } from './protocol/generation.ts';

/** Index of the largest value; on a tie the lowest. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] as number) > (values[best] as number)) best = index;
  }
  return best;
}

/** No model says so much; it is what a maximum starts from that met nothing but NaN. */
const LARGEST_LOGIT = 3.4e38;

/** Refuses a greedy choice that is none: after a NaN every token is as good, and the first would be taken in silence. */
export function checkPeak(logit: number): void {
  if (!(Math.abs(logit) < LARGEST_LOGIT)) throw nonFinite(`the largest is ${logit}`);
}

/** The refusal of logits that are no distribution; `what` says by what that shows. */
export function nonFinite(what: string): NamedError {
  return new NamedError(
    'NonFiniteLogits',
    `the logits are not a distribution: ${what}`,
    {},
    'the checkpoint is damaged, or an edit drives its activations out of range',
  );
}

/**
 * Draws from softmax(logits / temperature), restricted to the `topK` most likely tokens and then to the
 * smallest set of them with a share ≥ `topP` (at least one token; of equal logits the lower ids are kept first).
 * Temperature 0 is the argmax.
 *
 * @throws NamedError `NonFiniteLogits` when they are no distribution: a NaN, or +∞ among them.
 */
export function sampleToken(logits: Float32Array, sampling: Sampling, random: Random): number {
  const { temperature, topK = logits.length, topP = 1 } = sampling;
  const best = argmax(logits);
  const peak = logits[best] as number;
  if (temperature === 0) {
    checkPeak(peak);
    return best;
  }
  const weightOf = (logit: number): number => Math.exp((logit - peak) / temperature);
  const restricted = topK < logits.length || topP < 1;
  const { cutoff, ties, mass } = restricted
    ? mostLikely(logits, topK, topP, weightOf)
    : { cutoff: -Infinity, ties: Infinity, mass: logits.reduce((sum, logit) => sum + weightOf(logit), 0) };
  if (!Number.isFinite(mass)) {
    throw nonFinite(`the largest is ${peak}, the weights add up to ${mass}`);
  }
  let left = random() * mass;
  let tiesLeft = ties;
  let last = 0;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token] as number;
    if (logit < cutoff || (logit === cutoff && tiesLeft-- <= 0)) continue;
    const weight = weightOf(logit);
    left -= weight;
    if (left < 0) return token;
    if (weight > 0) last = token;
  }
  // Rounding may leave a crumb.
  return last;
}

/** The least logit kept, how many of those equal to it, and the weight of all that are. */
function mostLikely(
  logits: Float32Array,
  topK: number,
  topP: number,
  weightOf: (logit: number) => number,
): { readonly cutoff: number; readonly ties: number; readonly mass: number } {
  // Values alone: a typed array sorts natively, many times faster than token ids by a comparison.
  const descending = logits.slice().sort().reverse();
  const candidates = descending.subarray(0, Math.max(1, topK));
  const total = candidates.reduce((sum, logit) => sum + weightOf(logit), 0);
  let mass = 0;
  let count = 0;
  do mass += weightOf(candidates[count++] as number);
  while (count < candidates.length && mass < topP * total);
  const cutoff = candidates[count - 1] as number;
  return { cutoff, ties: count - candidates.indexOf(cutoff), mass };
}
