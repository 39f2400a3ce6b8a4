import { intersectionOverUnion, LEAST_OVERLAP, parseBox } from './box.ts';

/**
 * Whether an answer to one of the generated puzzles and questions is right, as their verifiers and the training of the
 * demo family compare: equal but for case and outer space, whole numbers by value. Each has one right answer.
 */
export function exactlyRight(right: string, given: string): boolean {
  const [a, b] = [right.trim().toLowerCase(), given.trim().toLowerCase()];
  return a === b || (/^\d+$/.test(a) && /^\d+$/.test(b) && BigInt(a) === BigInt(b));
}

/** Whether a box is found: overlap with the right one above one half (docs/method.md §2.2). Boxes are four numbers. */
export function boxFound(right: string, given: string): boolean {
  const [a, b] = [parseBox(right), parseBox(given)];
  return a !== undefined && b !== undefined && intersectionOverUnion(a, b) > LEAST_OVERLAP;
}
