import type { Drafter } from './item.ts';
import { attributes } from './perception/attributes.ts';
import { caption } from './perception/caption.ts';
import { counting } from './perception/counting.ts';
import { grounding } from './perception/grounding.ts';
import { ocr } from './perception/ocr.ts';
import { recognition } from './perception/recognition.ts';
import { arithmetic, problems } from './problems/problems.ts';
import { PUZZLE_FAMILIES } from './puzzles/families.ts';
import { generalQuestion } from './questions/general.ts';
import { mathQuestion } from './questions/math.ts';

const { clock, maze, move_box, n_queens, number_slide, water_jugs, tower_of_hanoi, checker_move } =
  PUZZLE_FAMILIES;

/** Everything a model can be asked, by name. */
export const TASKS = {
  caption,
  counting,
  ocr,
  grounding,
  recognition,
  attributes,
  arithmetic,
  problems,
  'general-vqa': generalQuestion,
  'math-targeted-vqa': mathQuestion,
  clock: clock.draft,
  maze: maze.draft,
  move_box: move_box.draft,
  n_queens: n_queens.draft,
  number_slide: number_slide.draft,
  water_jugs: water_jugs.draft,
  tower_of_hanoi: tower_of_hanoi.draft,
  checker_move: checker_move.draft,
} as const satisfies Record<string, Drafter>;

export type TaskName = keyof typeof TASKS;

export const TASK_NAMES = Object.keys(TASKS) as readonly TaskName[];
