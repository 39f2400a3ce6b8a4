import { rectangle, type Mark, type Rgb } from '../drawing/drawing.ts';
import { COLOURS, INK, PALE, PAPER } from '../drawing/palette.ts';
import { textMarks } from '../drawing/text.ts';
import { CELL, looseShift } from '../scene/alignment.ts';
import { ofLevel, type Range } from '../level.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';
import { isWithin, shortestWay, wayRationale, type Move } from './search.ts';

/** Capacities and contents of the jugs, and what one of them shall hold. */
type State = { capacities: readonly number[]; amounts: readonly number[]; target: number };

/** Fewest and most jugs, shortest and longest way, of a level. */
const LEVELS: readonly { jugs: Range; way: Range }[] = [
  { jugs: [2, 2], way: [1, 2] },
  { jugs: [2, 3], way: [3, 4] },
  { jugs: [2, 3], way: [5, 8] },
];

const NAMES = ['a', 'b', 'c'];
const GLASS: Rgb = [255, 255, 255];
const GROUND = 288;
const LITRE = 30;

const family: PuzzleFamily<State> = {
  name: 'water_jugs',
  domain: 'out-of-domain',
  levels: LEVELS.length,
  draw(random, level) {
    const { jugs, way } = ofLevel(LEVELS, level);
    const capacities = random.some([2, 3, 4, 5, 6, 7, 8, 9], random.whole(...jugs));
    const amounts = capacities.map((capacity) => (random.chance(0.5) ? 0 : random.whole(1, capacity)));
    const state = { capacities, amounts, target: random.whole(1, Math.max(...capacities)) };
    return isWithin(solveWay(state), way) ? state : undefined;
  },
  picture({ capacities, amounts }, { alignment }, random) {
    const [dx, dy] = looseShift(random, alignment);
    const ground = GROUND + dy;
    const marks = capacities.flatMap((capacity, i): Mark[] => {
      const x = (i + 0.5) * CELL + dx;
      const box = (litres: number): [number, number, number, number] => [
        x - 36,
        ground - litres * LITRE,
        x + 36,
        ground,
      ];
      const lines = Array.from({ length: capacity - 1 }, (_, litre): Mark => {
        const y = ground - (litre + 1) * LITRE;
        return {
          kind: 'strokes',
          lines: [
            [
              [x - 30, y],
              [x + 30, y],
            ],
          ],
          width: 3,
          fill: PALE,
        };
      });
      return [
        rectangle(box(capacity), GLASS, { colour: INK, width: 6 }),
        ...((amounts[i] ?? 0) > 0
          ? [rectangle(box(amounts[i] ?? 0), COLOURS.blue, { colour: INK, width: 6 })]
          : []),
        ...lines,
        ...textMarks(String(capacity), [x, ground + CELL / 2], { pitch: CELL, height: 84, colour: INK }),
      ];
    });
    return { background: PAPER, marks };
  },
  content: ({ capacities, amounts }) =>
    `jugs ${amounts.map((a, i) => `${a}/${capacities[i] ?? 0}`).join(' ')}`,
  question: ({ target }) =>
    `Fill a jug, empty a jug, or pour one into another until it is full or the first is empty. What is the least ` +
    `number of such steps until some jug holds exactly ${target} litres?`,
  describe: ({ capacities, amounts }) =>
    capacities.map((capacity, i) => `Jug ${NAMES[i] ?? ''}: ${amounts[i] ?? 0}L of ${capacity}L`).join('. ') +
    '.',
  solve(state) {
    const way = solveWay(state);
    return way && { answer: String(way.length), steps: way, rationale: wayRationale(way) };
  },
};

function solveWay({ capacities, amounts, target }: State): string[] | undefined {
  return shortestWay(
    amounts,
    (state) => state.includes(target),
    (state) => steps(state, capacities),
    String,
  );
}

function steps(amounts: readonly number[], capacities: readonly number[]): Move<readonly number[]>[] {
  const set = (...changes: [number, number][]): number[] =>
    amounts.map((amount, i) => changes.find(([jug]) => jug === i)?.[1] ?? amount);
  return amounts.flatMap((amount, from) => [
    { name: `fill ${NAMES[from] ?? ''}`, to: set([from, capacities[from] ?? 0]) },
    { name: `empty ${NAMES[from] ?? ''}`, to: set([from, 0]) },
    ...amounts.flatMap((held, into) => {
      if (into === from) return [];
      const poured = Math.min(amount, (capacities[into] ?? 0) - held);
      const name = `${NAMES[from] ?? ''} into ${NAMES[into] ?? ''}`;
      return [{ name, to: set([from, amount - poured], [into, held + poured]) }];
    }),
  ]);
}

export const waterJugs = puzzles(family, like<State>({ capacities: [0], amounts: [0], target: 0 }));
