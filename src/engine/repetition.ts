/** The repetition penalty of Keskar et al. 2019 (CTRL, arXiv 1909.05858, section 4.1), as transformers applies it. */

/**
 * Makes tokens that were there before less likely, in place: a positive logit is divided by the penalty, a negative one
 * multiplied, once for each token however often it was there. In f32, as `RepetitionPenaltyLogitsProcessor`.
 *
 * @param logits `[vocabSize]`
 * @param seen token ids of the prompt, placeholders of images among them, and of the answer so far
 */
export function penalizeRepeated(logits: Float32Array, seen: ReadonlySet<number>, penalty: number): void {
  const by = Math.fround(penalty);
  for (const token of seen) {
    const logit = logits[token];
    if (logit !== undefined) logits[token] = logit < 0 ? logit * by : logit / by;
  }
}
