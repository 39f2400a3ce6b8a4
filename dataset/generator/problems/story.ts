import { inWords, plural } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import type { Chain, Step } from './chain.ts';

const NAMES = ['Ann', 'Ben', 'Cora', 'Dan', 'Eva', 'Finn', 'Gina', 'Hugo', 'Ida', 'Jon'];
const THINGS = ['apple', 'coin', 'stamp', 'book', 'shell', 'card', 'marble', 'pencil', 'nut', 'ticket'];

/** Share of stories that write their numbers in words. */
const SPELLED = 0.3;

/** A chain as a story of somebody's things, with the question at the end. */
export function askAsStory(random: Random, chain: Chain): string {
  const name = random.pick(NAMES);
  const things = plural(random.pick(THINGS));
  const number = random.chance(SPELLED) ? inWords : String;
  const events = chain.steps.map((step) => event(random, name, step, number));
  return [
    `${name} has ${number(chain.start)} ${things}.`,
    ...events,
    `How many ${things} does ${name} have now?`,
  ].join(' ');
}

function event(random: Random, name: string, { operation, by }: Step, number: (n: number) => string): string {
  const amount = number(by);
  switch (operation) {
    case '+':
      return random.pick([`${name} finds ${amount} more.`, `${name} buys ${amount} more.`]);
    case '-':
      return random.pick([`${name} loses ${amount}.`, `${name} gives away ${amount}.`]);
    case '×':
      return `Then ${name} has ${amount} times as many as before.`;
    case '÷':
      return `${name} shares them equally among ${amount} boxes and keeps one box.`;
  }
}

/**
 * Two people: the second has more, or times as many, and together they have the result. The chain's last step adds
 * its start again.
 */
export function askTogether(random: Random, { start, steps: [step] }: Chain): string {
  if (step === undefined) throw new RangeError('the second person has nothing to compare');
  const [one = '', other = ''] = random.some(NAMES, 2);
  const things = plural(random.pick(THINGS));
  const number = random.chance(SPELLED) ? inWords : String;
  const comparison =
    step.operation === '×' ? `${number(step.by)} times as many as` : `${number(step.by)} more than`;
  return (
    `${one} has ${number(start)} ${things}. ${other} has ${comparison} ${one}. ` +
    `How many ${things} do they have together?`
  );
}
