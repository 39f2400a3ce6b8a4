/**
 * How long a verdict may take, counted in steps and not by the clock: the same answer has the same verdict on every machine.
 * Two million take a tenth of a second at most; none of the 1,300 answers of our goldens takes 20,000.
 */
export const MAX_STEPS = 2_000_000;

/** What a verdict is called that took more steps than an answer is worth. It counts as not right. */
export const NOT_DECIDED = 'not decided in time';

/** Thrown where a decision has no steps left. */
export class OutOfSteps extends Error {
  constructor() {
    super(`more than ${MAX_STEPS} steps`);
    this.name = 'OutOfSteps';
  }
}

let left: number | undefined;

/** Counts steps of the decision that is being made. @throws OutOfSteps */
export function step(steps: number): void {
  if (left === undefined) return;
  left -= steps;
  if (left < 0) throw new OutOfSteps();
}

/**
 * Makes a decision in `MAX_STEPS` steps; within another decision it counts there.
 *
 * @throws OutOfSteps
 */
export function inSteps<T>(decide: () => T): T {
  if (left !== undefined) return decide();
  left = MAX_STEPS;
  try {
    return decide();
  } finally {
    left = undefined;
  }
}

/** The same, with what is said where the steps run out. */
export function decided<T, Otherwise>(decide: () => T, otherwise: Otherwise): T | Otherwise {
  try {
    return inSteps(decide);
  } catch (error) {
    if (error instanceof OutOfSteps) return otherwise;
    throw error;
  }
}
