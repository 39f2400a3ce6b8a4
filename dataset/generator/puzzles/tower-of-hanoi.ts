import { CANVAS, rectangle, type Mark } from '../drawing/drawing.ts';
import { COLOUR_NAMES, COLOURS, INK, PAPER } from '../drawing/palette.ts';
import { looseShift } from '../scene/alignment.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';
import { shortestWay, wayRationale, type Move } from './search.ts';

/** Disks on the three pegs from the bottom up: a the smallest. */
type State = { pegs: readonly string[] };

const DISKS = 'abcd';
const NAMES = ['left', 'middle', 'right'];
const GROUND = 336;
const THICKNESS = 56;
const DISTANCE = CANVAS / 3;

const family: PuzzleFamily<State> = {
  name: 'tower_of_hanoi',
  domain: 'out-of-domain',
  levels: 3,
  draw(random, level) {
    const pegs = ['', '', ''];
    for (const disk of [...DISKS.slice(0, level + 1)].reverse()) {
      const peg = random.whole(0, 2);
      pegs[peg] = (pegs[peg] ?? '') + disk;
    }
    return pegs[2]?.length === level + 1 ? undefined : { pegs };
  },
  picture({ pegs }, { alignment }, random) {
    const [dx, dy] = looseShift(random, alignment);
    const ground = GROUND + dy;
    const marks = pegs.flatMap((disks, i): Mark[] => {
      const x = (i + 0.5) * DISTANCE + dx;
      return [
        rectangle([x - 6, ground - 5 * THICKNESS, x + 6, ground], INK),
        ...[...disks].map((disk, height) => {
          const half = 20 + DISKS.indexOf(disk) * 13;
          const top = ground - (height + 1) * THICKNESS;
          const fill = COLOURS[COLOUR_NAMES[DISKS.indexOf(disk)] ?? 'red'];
          return rectangle([x - half, top + 2, x + half, top + THICKNESS], fill, { colour: INK, width: 4 });
        }),
      ];
    });
    return { background: PAPER, marks: [rectangle([0, ground, CANVAS, ground + 10], INK), ...marks] };
  },
  content: ({ pegs }) => `hanoi ${pegs.join('|')}`,
  question: () =>
    'One disk moves at a time, never onto a smaller one. What is the least number of moves until all disks stand on ' +
    'the right peg?',
  describe: ({ pegs }) =>
    `Disks from the bottom up, a is the smallest. ${pegs
      .map((disks, i) => `On the ${NAMES[i] ?? ''} peg: ${disks === '' ? 'none' : [...disks].join(' ')}`)
      .join('. ')}.`,
  solve({ pegs }) {
    const way = shortestWay(pegs, ([left, middle]) => left === '' && middle === '', moves, String);
    return way && { answer: String(way.length), steps: way, rationale: wayRationale(way) };
  },
};

function moves(pegs: readonly string[]): Move<readonly string[]>[] {
  return pegs.flatMap((disks, from) =>
    pegs.flatMap((others, into) => {
      const disk = disks.slice(-1);
      if (disk === '' || into === from || (others !== '' && others.slice(-1) < disk)) return [];
      const to = pegs.map((peg, i) => (i === from ? peg.slice(0, -1) : i === into ? peg + disk : peg));
      return [{ name: `${disk} to ${NAMES[into] ?? ''}`, to }];
    }),
  );
}

export const towerOfHanoi = puzzles(family, like<State>({ pegs: [''] }));
