import { withoutEnd } from '../../trim.ts';

/** Below this length answers are compared exactly, above it also by containment (docs/method.md §2.3). */
const SHORT = 20;

/** Lower case, no space around it, no `.,!?;:` at its end (docs/method.md §2.3). */
export function normaliseAnswer(answer: string): string {
  return withoutEnd(answer.toLowerCase().trim(), /[.,!?;:]/);
}

/**
 * Whether two answers count as the same in the reference code: equal once normalised; where one has 20 characters
 * or more, also when one contains the other.
 */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [normaliseAnswer(a), normaliseAnswer(b)];
  if (left.length < SHORT && right.length < SHORT) return left === right;
  return left.includes(right) || right.includes(left);
}
