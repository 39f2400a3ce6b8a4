import { CANVAS, type Drawing, type Mark, type Point, type Rgb } from '../drawing/drawing.ts';
import { COLOURS, INK, PAPER } from '../drawing/palette.ts';

/** Minutes since twelve, 0 to 719. */
export type ClockTime = number;

export const HALF_DAY = 720;

const RADIUS = 176;
const DIAL: Rgb = [255, 255, 255];

/** "12:05", "3:40". */
export function timeName(time: ClockTime): string {
  const minutes = ((time % HALF_DAY) + HALF_DAY) % HALF_DAY;
  return `${Math.floor(minutes / 60) || 12}:${String(minutes % 60).padStart(2, '0')}`;
}

/** A dial without numbers: twelve ticks, a heavy one at twelve; a short dark hour hand, a long red minute hand. */
export function drawClock(time: ClockTime, [dx, dy]: Point): Drawing {
  const centre: Point = [CANVAS / 2 + dx, CANVAS / 2 + dy];
  const hand = (turn: number, from: number, to: number, width: number, fill: Rgb): Mark => {
    const [x, y] = [Math.sin(2 * Math.PI * turn), -Math.cos(2 * Math.PI * turn)];
    const at = (length: number): Point => [centre[0] + x * length * RADIUS, centre[1] + y * length * RADIUS];
    return { kind: 'strokes', lines: [[at(from), at(to)]], width, fill };
  };
  const [cx, cy] = centre;
  return {
    background: PAPER,
    marks: [
      {
        kind: 'ellipse',
        box: [cx - RADIUS, cy - RADIUS, cx + RADIUS, cy + RADIUS],
        fill: DIAL,
        outline: { colour: INK, width: 8 },
      },
      ...Array.from({ length: 12 }, (_, hour) => hand(hour / 12, 0.8, 0.9, hour === 0 ? 18 : 8, INK)),
      hand(time / HALF_DAY, 0, 0.48, 18, INK),
      hand((time % 60) / 60, 0, 0.76, 9, COLOURS.red),
    ],
  };
}

export function clockContent(time: ClockTime): string {
  return `clock ${timeName(time)}`;
}
