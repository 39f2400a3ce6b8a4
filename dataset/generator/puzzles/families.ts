import { checkerMove } from './checker-move.ts';
import { clock } from './clock.ts';
import { maze } from './maze.ts';
import { moveBox } from './move-box.ts';
import { nQueens } from './n-queens.ts';
import { numberSlide } from './number-slide.ts';
import type { Puzzles } from './puzzle.ts';
import { towerOfHanoi } from './tower-of-hanoi.ts';
import { waterJugs } from './water-jugs.ts';

/** All families; AlgoPuzzleVQA has one of the same name for each. */
export const PUZZLE_FAMILIES = {
  clock,
  maze,
  move_box: moveBox,
  n_queens: nQueens,
  number_slide: numberSlide,
  water_jugs: waterJugs,
  tower_of_hanoi: towerOfHanoi,
  checker_move: checkerMove,
} as const satisfies Record<string, Puzzles>;

export type FamilyName = keyof typeof PUZZLE_FAMILIES;

export const FAMILY_NAMES = Object.keys(PUZZLE_FAMILIES) as readonly FamilyName[];

/** Whether a task is a family that is only ever asked, never trained on. */
export function isOutOfDomain(task: string): boolean {
  return FAMILY_NAMES.some((name) => name === task && PUZZLE_FAMILIES[name].domain === 'out-of-domain');
}
