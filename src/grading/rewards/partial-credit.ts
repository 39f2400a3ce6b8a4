const TIME = /^(\d{1,2}):(\d{2})$/;
const WHOLE = /^\d+$/;

/** A distance on a circle of `around`, the shorter way. */
function circular(a: number, b: number, around: number): number {
  const distance = Math.abs(a - b) % around;
  return Math.min(distance, around - distance);
}

/**
 * ½·hour + ½·minute (docs/method.md §9.2). Hour: circular distance d on 12 h, 0 beyond 2, else 1 − d/5. Minute: on 60, 0 beyond 10,
 * else 1 − d/20. 0 where either is no time of the form h:mm.
 */
export function clockCredit(right: string, given: string): number {
  const [a, b] = [TIME.exec(right), TIME.exec(given)];
  if (!a || !b) return 0;
  const hours = circular(Number(a[1]), Number(b[1]), 12);
  const minutes = circular(Number(a[2]), Number(b[2]), 60);
  return 0.5 * (hours > 2 ? 0 : 1 - hours / 5) + 0.5 * (minutes > 10 ? 0 : 1 - minutes / 20);
}

/** 0 beyond a distance of 5, else 1/(1 + |d|) (docs/method.md §9.2). */
export function numericCredit(right: number, given: number): number {
  const distance = Math.abs(right - given);
  return distance > 5 ? 0 : 1 / (1 + distance);
}

/** How near an answer is, in [0, 1]: times and whole numbers in part, all else by `correct` alone. */
export function partialCredit(right: string, given: string, correct: boolean): number {
  if (right.includes(':')) return clockCredit(right, given);
  if (WHOLE.test(right) && WHOLE.test(given)) return numericCredit(Number(right), Number(given));
  return correct ? 1 : 0;
}
