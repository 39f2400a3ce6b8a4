import type { Draft, DraftOptions } from '../item.ts';
import type { Random } from '../random/random.ts';
import { costs, difference, product } from './math-scene.ts';
import { chartDifference, chartTotal, expression, rectangleSize, tableSum } from './math-figure.ts';
import { askUntil, type Asker } from './question.ts';

const ASKERS: readonly Asker[] = [
  difference,
  product,
  costs,
  chartDifference,
  chartTotal,
  tableSum,
  expression,
  rectangleSize,
];

/** A visual question whose answer needs seeing, and computing with what is seen. */
export function mathQuestion(random: Random, options: DraftOptions): Draft | undefined {
  return askUntil(random, options, random.pick(ASKERS), 'math-targeted-vqa');
}
