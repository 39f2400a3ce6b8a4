import { inWords } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import type { Chain, Operation } from './chain.ts';

const SPOKEN: Record<Operation, string> = {
  '+': 'plus',
  '-': 'minus',
  '×': 'times',
  '÷': 'divided by',
};

/** "(7 + 5) × 2": brackets where the order of operations would compute something else. */
export function chainExpression({ start, steps }: Chain): string {
  let text = String(start);
  let loose = false;
  for (const { operation, by } of steps) {
    const binds = operation === '×' || operation === '÷';
    text = `${binds && loose ? `(${text})` : text} ${operation} ${by}`;
    loose = !binds;
  }
  return text;
}

/** A chain asked for in symbols, or (one step only, where words leave no doubt) in words. */
export function askInSymbols(random: Random, chain: Chain): string {
  const [step, another] = chain.steps;
  if (step !== undefined && another === undefined && random.chance(0.5)) {
    const number = random.chance(0.5) ? inWords : String;
    return `What is ${number(chain.start)} ${SPOKEN[step.operation]} ${number(step.by)}?`;
  }
  const expression = chainExpression(chain);
  return random.pick([`${expression} = ?`, `Compute ${expression}.`, `What is ${expression}?`]);
}
