import type { Draft } from '../item.ts';
import { ofLevel } from '../level.ts';
import type { Random } from '../random/random.ts';
import {
  LARGEST,
  chainContent,
  chainRationale,
  chainResult,
  randomChain,
  type Chain,
  type Operation,
} from './chain.ts';
import { askAsStory, askTogether } from './story.ts';
import { askInSymbols } from './symbols.ts';

const ALL: readonly Operation[] = ['+', '-', '×', '÷'];
const NO_SHARING: readonly Operation[] = ['+', '-', '×'];

/** How problems of each level are made, the easiest first. */
const LEVELS: readonly ((random: Random) => [Chain, string])[] = [
  (random) => asked(random, randomChain(random, 1, NO_SHARING), askInSymbols),
  (random) => asked(random, randomChain(random, 1, ALL), askAsStory),
  (random) => asked(random, randomChain(random, 2, ALL), askInSymbols),
  (random) =>
    random.chance(0.25)
      ? asked(random, togetherChain(random), askTogether)
      : asked(random, randomChain(random, 2, ALL), askAsStory),
  (random) =>
    asked(
      random,
      randomChain(random, random.whole(3, 4), ALL),
      random.chance(0.3) ? askInSymbols : askAsStory,
    ),
];

function asked(random: Random, chain: Chain, ask: (random: Random, chain: Chain) => string): [Chain, string] {
  return [chain, ask(random, chain)];
}

function togetherChain(random: Random): Chain {
  const { start, steps } = randomChain(random, 1, ['+', '×']);
  const together: Chain = { start, steps: [...steps, { operation: '+', by: start }] };
  return chainResult(together) <= LARGEST ? together : togetherChain(random);
}

/** One step, in symbols or words: "What is seven plus five?" */
export function arithmetic(random: Random): Draft {
  return problemOfLevel(random, 1);
}

/** Every level equally often. */
export function problems(random: Random): Draft {
  return problemOfLevel(random, random.whole(1, LEVELS.length));
}

function problemOfLevel(random: Random, level: number): Draft {
  const [chain, prompt] = ofLevel(LEVELS, level)(random);
  const result = chainResult(chain);
  return {
    content: chainContent(chain),
    prompt,
    answer: String(result),
    description: '',
    rationale: chainRationale(chain),
    level,
    questionType: chain.steps.length === 1 ? 'one-step' : 'several-steps',
    meta: { steps: chain.steps.length },
  };
}
