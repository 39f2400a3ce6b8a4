import { onCanvas, rectangle, type Drawing, type Mark, type Point } from '../drawing/drawing.ts';
import { COLOUR_NAMES, COLOURS, INK, PALE, PAPER, type Colour } from '../drawing/palette.ts';
import { textMarks } from '../drawing/text.ts';
import { listed } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import { CELL } from './alignment.ts';

/** Values 1 to 9 of things called by colours, in columns; the digit stands below each. */
export interface Chart {
  style: 'bar chart' | 'line plot';
  columns: readonly { colour: Colour; value: number }[];
}

const GROUND = 288;
const STEP = 26;

/** Three or four columns of different colours. */
export function randomChart(random: Random): Chart {
  return {
    style: random.chance(0.5) ? 'bar chart' : 'line plot',
    columns: random
      .some(COLOUR_NAMES, random.whole(3, 4))
      .map((colour) => ({ colour, value: random.whole(1, 9) })),
  };
}

/** A column a cell, its value to scale above the ground line and as a digit in the cell below. */
export function drawChart({ style, columns }: Chart, [dx, dy]: Point): Drawing {
  const spots = columns.map(({ value }, i): Point => [(i + 0.5) * CELL + dx, GROUND - value * STEP + dy]);
  const ground: Mark = {
    kind: 'strokes',
    lines: [[onCanvas([dx, GROUND + dy]), onCanvas([columns.length * CELL + dx, GROUND + dy])]],
    width: 6,
    fill: INK,
  };
  const line: Mark = { kind: 'strokes', lines: [spots], width: 8, fill: PALE };
  const values = columns.map(({ colour }, i): Mark => {
    const [x, y] = spots[i] ?? [0, 0];
    const fill = COLOURS[colour];
    const outline = { colour: INK, width: 4 };
    return style === 'bar chart'
      ? rectangle([x - 28, y, x + 28, GROUND + dy], fill, outline)
      : { kind: 'ellipse', box: [x - 24, y - 24, x + 24, y + 24], fill, outline };
  });
  const digits = columns.flatMap(({ value }, i) =>
    textMarks(String(value), [(i + 0.5) * CELL + dx, GROUND + CELL / 2 + dy], {
      pitch: CELL,
      height: 84,
      colour: INK,
    }),
  );
  return {
    background: PAPER,
    marks: [ground, ...(style === 'line plot' ? [line] : []), ...values, ...digits],
  };
}

/** "A bar chart: red 3, blue 5 and green 9." Without the columns that `hidden` names. */
export function describeChart({ style, columns }: Chart, hidden: readonly Colour[] = []): string {
  const parts = columns.map(({ colour, value }) => (hidden.includes(colour) ? colour : `${colour} ${value}`));
  return `A ${style}: ${listed(parts)}.`;
}

export function chartContent({ style, columns }: Chart): string {
  return `${style} ${columns.map(({ colour, value }) => `${colour} ${value}`).join(', ')}`;
}
