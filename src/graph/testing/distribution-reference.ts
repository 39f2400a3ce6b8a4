/** Next-token distributions in plain double precision, from the definitions: the oracle of `distribution.ts`. */

/** ln softmax(logits). */
export function logprobsOf(logits: ArrayLike<number>): Float64Array {
  const shifted = Float64Array.from(logits);
  const peak = shifted.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let total = 0;
  for (const logit of shifted) total += Math.exp(logit - peak);
  return shifted.map((logit) => logit - peak - Math.log(total));
}

/** −Σ p ln p. */
export function entropyOf(logprobs: Float64Array): number {
  return -logprobs.reduce((sum, logprob) => sum + term(logprob, logprob), 0);
}

/** Σ p (ln p − ln q). */
export function divergenceOf(logP: Float64Array, logQ: Float64Array): number {
  return logP.reduce((sum, logprob, token) => sum + term(logprob, logprob - (logQ[token] as number)), 0);
}

/** How many are greater than that of `token`. */
export function rankOf(logits: ArrayLike<number>, token: number): number {
  return Array.from(logits).filter((logit) => logit > (logits[token] as number)).length;
}

/** The `count` greatest, of equal ones the lower first. */
export function likeliestOf(logits: ArrayLike<number>, count: number): readonly number[] {
  const tokens = Array.from(logits, (_, token) => token);
  return tokens.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b).slice(0, count);
}

function term(logprob: number, value: number): number {
  const probability = Math.exp(logprob);
  return probability === 0 ? 0 : probability * value;
}
