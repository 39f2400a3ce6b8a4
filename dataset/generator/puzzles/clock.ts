import { looseShift } from '../scene/alignment.ts';
import { clockContent, drawClock, HALF_DAY, timeName } from '../scene/clock-face.ts';
import { ofLevel } from '../level.ts';
import { like } from './like.ts';
import { puzzles, type PuzzleFamily } from './puzzle.ts';

/** Minutes since twelve; minutes to go, negative for the past. */
type State = { time: number; shift: number };

/** What a level adds to the time it shows: whole hours, five-minute steps, any hours and minutes. */
const SHIFTS = [
  { unit: 60, most: 6 },
  { unit: 5, most: 11 },
  { unit: 1, most: 179 },
];

function duration(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [
    ...(hours > 0 ? [`${hours} ${hours === 1 ? 'hour' : 'hours'}`] : []),
    ...(rest > 0 ? [`${rest} ${rest === 1 ? 'minute' : 'minutes'}`] : []),
  ];
  return parts.join(' and ');
}

const family: PuzzleFamily<State> = {
  name: 'clock',
  domain: 'in-domain',
  levels: SHIFTS.length,
  draw(random, level) {
    const { unit, most } = ofLevel(SHIFTS, level);
    const shift = random.whole(1, most) * unit;
    return { time: random.whole(0, HALF_DAY - 1), shift: random.chance(0.5) ? shift : -shift };
  },
  picture: ({ time }, { alignment }, random) => drawClock(time, looseShift(random, alignment)),
  content: ({ time }) => clockContent(time),
  question: ({ shift }) =>
    shift > 0 ? `What time will it be in ${duration(shift)}?` : `What time was it ${duration(-shift)} ago?`,
  describe: ({ time }) => `Current Time: ${timeName(time)}`,
  solve({ time, shift }) {
    const sign = Math.sign(shift);
    const hours = sign * Math.floor(Math.abs(shift) / 60) * 60;
    const steps = [time, ...(hours === 0 ? [] : [time + hours]), ...(shift === hours ? [] : [time + shift])];
    return {
      answer: timeName(time + shift),
      steps: steps.map(timeName),
      rationale: steps
        .slice(1)
        .map((to, i) => {
          const from = steps[i] ?? time;
          return `${timeName(from)} ${sign > 0 ? 'plus' : 'minus'} ${duration(Math.abs(to - from))} is ${timeName(to)}.`;
        })
        .join(' '),
    };
  },
};

export const clock = puzzles(family, like<State>({ time: 0, shift: 0 }));
