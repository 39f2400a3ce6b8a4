/** Reading hidden states out as if each were the last: the logit lens. */
import type { LikelyToken } from './protocol/forward.ts';
import type { ResidentSubject } from './resident.ts';
import { headOf } from './resident.ts';
import type { Runtime } from './runtime.ts';

type LikelyId = Omit<LikelyToken, 'text'>;

/** As `LensReading`, before tokens are put into words. */
export interface LensNumbers {
  readonly top: LikelyId;
  readonly topk?: readonly LikelyId[];
  readonly asked: readonly { readonly token: number; readonly probability: number; readonly rank: number }[];
}

/**
 * Final norm and head on each of `states` (`[hiddenSize]`, one after the embedding and after each layer), as the
 * `topk` likeliest tokens and the places of `tokens` in the distribution. Probabilities are summed in double precision.
 */
export async function readLens(
  { backend, head }: Runtime,
  subject: ResidentSubject,
  states: readonly Float32Array[],
  { tokens, topk = 1 }: { readonly tokens: readonly number[]; readonly topk?: number },
): Promise<readonly LensNumbers[]> {
  const { hiddenSize } = subject.rest.config.text;
  const stacked = new Float32Array(states.length * hiddenSize);
  states.forEach((state, index) => stacked.set(state, index * hiddenSize));
  const tensor = backend.upload('float32', [1, states.length, hiddenSize], stacked);
  try {
    const logits = await head.logits(headOf(subject), tensor, [...states.keys()]);
    return logits.map((row) => distribution(row, tokens, topk));
  } finally {
    backend.dispose(tensor);
  }
}

function distribution(logits: Float32Array, tokens: readonly number[], topk: number): LensNumbers {
  const [best = 0, ...next] = likeliest(logits, topk);
  const peak = logits[best] as number;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - peak);
  const probability = (token: number): number => Math.exp((logits[token] as number) - peak) / total;
  const rank = (token: number): number => {
    const own = logits[token] as number;
    let before = 0;
    for (let other = 0; other < logits.length; other++) {
      const logit = logits[other] as number;
      if (logit > own || (logit === own && other < token)) before++;
    }
    return before + 1;
  };
  const likely = (token: number): LikelyId => ({ token, probability: probability(token) });
  return {
    top: likely(best),
    ...(topk > 1 ? { topk: [best, ...next].map(likely) } : {}),
    asked: tokens.map((token) => ({ token, probability: probability(token), rank: rank(token) })),
  };
}

/** The ids of the `count` largest logits, falling; of equal ones the lowest id first. */
function likeliest(logits: Float32Array, count: number): readonly number[] {
  const found: number[] = [];
  logits.forEach((logit, token) => {
    if (found.length === count && logit <= (logits[found[count - 1] as number] as number)) return;
    const place = found.findIndex((other) => logit > (logits[other] as number));
    found.splice(place < 0 ? found.length : place, 0, token);
    found.length = Math.min(found.length, count);
  });
  return found;
}
