import type { Random } from '../random/random.ts';

export type Operation = '+' | '-' | '×' | '÷';

/** One step of a computation: what is done with the number at hand. */
export interface Step {
  operation: Operation;
  by: number;
}

/** A computation from left to right; every number on the way is whole, from 0 to 99. */
export interface Chain {
  start: number;
  steps: readonly Step[];
}

/** The largest number a problem may come to. */
export const LARGEST = 99;

function apply(value: number, { operation, by }: Step): number {
  switch (operation) {
    case '+':
      return value + by;
    case '-':
      return value - by;
    case '×':
      return value * by;
    case '÷':
      return value / by;
  }
}

/** The numbers on the way, the start first and the result last. */
export function chainValues({ start, steps }: Chain): number[] {
  return steps.reduce(
    (values, step) => [...values, apply(values[values.length - 1] ?? start, step)],
    [start],
  );
}

export function chainResult(chain: Chain): number {
  return chainValues(chain).pop() ?? chain.start;
}

/** "7 + 5 = 12. 12 - 3 = 9." */
export function chainRationale(chain: Chain): string {
  const values = chainValues(chain);
  return chain.steps
    .map(({ operation, by }, i) => `${values[i] ?? 0} ${operation} ${by} = ${values[i + 1] ?? 0}.`)
    .join(' ');
}

/** The same for 7 + 5 and 5 + 7: who knows one sum knows the other. */
export function chainContent({ start, steps }: Chain): string {
  const [first, ...rest] = steps;
  const swaps =
    first !== undefined && (first.operation === '+' || first.operation === '×') && first.by < start;
  const ordered = swaps ? { start: first.by, steps: [{ ...first, by: start }, ...rest] } : { start, steps };
  return `chain ${ordered.start} ${ordered.steps.map(({ operation, by }) => `${operation} ${by}`).join(' ')}`;
}

/** A chain of so many steps. Larger numbers are added and taken away than multiplied and shared. */
export function randomChain(random: Random, length: number, operations: readonly Operation[]): Chain {
  const start = random.whole(1, 20);
  const steps: Step[] = [];
  for (let value = start; steps.length < length;) {
    const step = randomStep(random, value, random.pick(operations));
    if (step === undefined) continue;
    steps.push(step);
    value = apply(value, step);
  }
  return { start, steps };
}

function randomStep(random: Random, value: number, operation: Operation): Step | undefined {
  const additive = operation === '+' || operation === '-';
  const by = additive ? random.whole(1, 20) : random.whole(2, 9);
  const result = apply(value, { operation, by });
  // From 0 on every product says the same.
  const sensible = Number.isInteger(result) && result >= 0 && result <= LARGEST && (additive || value > 1);
  return sensible ? { operation, by } : undefined;
}
