const WELL_FORMED =
  /^<think>(?:(?!<\/?(?:think|answer)>)[\s\S])*<\/think>\s*<answer>(?:(?!<\/?(?:think|answer)>)[\s\S])+<\/answer>$/;

/** Exactly one <think>…</think>, then exactly one <answer>…</answer> that is not empty, and nothing else but space. */
export function wellFormed(response: string): boolean {
  return WELL_FORMED.test(response.trim());
}
