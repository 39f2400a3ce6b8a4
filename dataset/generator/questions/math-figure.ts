import type { DraftOptions } from '../item.ts';
import { CANVAS, rectangle, type Drawing, type Point } from '../drawing/drawing.ts';
import { INK, PALE, PAPER } from '../drawing/palette.ts';
import { textMarks } from '../drawing/text.ts';
import { chainContent, chainRationale, chainResult, randomChain } from '../problems/chain.ts';
import type { Random } from '../random/random.ts';
import { CELL, looseShift } from '../scene/alignment.ts';
import { chartContent, describeChart, drawChart, randomChart, type Chart } from '../scene/chart.ts';
import { COLUMNS, describeTable, drawTable, randomTable, ROWS, tableContent } from '../scene/table.ts';
import type { Question } from './question.ts';

type Asked = Pick<Question, 'prompt' | 'answer' | 'rationale' | 'level' | 'questionType'>;

function chartQuestion(random: Random, { alignment }: DraftOptions, chart: Chart, asked: Asked): Question {
  return {
    ...asked,
    context: chart.style,
    content: chartContent(chart),
    drawing: drawChart(chart, looseShift(random, alignment)),
    description: describeChart(chart),
  };
}

/** "How much higher is the red bar than the blue bar?" */
export function chartDifference(random: Random, options: DraftOptions): Question | undefined {
  const chart = randomChart(random);
  const noun = chart.style === 'bar chart' ? 'bar' : 'point';
  const [one, other] = random.some(chart.columns, 2).sort((a, b) => b.value - a.value);
  if (!one || !other || one.value === other.value) return undefined;
  return chartQuestion(random, options, chart, {
    prompt: `How much higher is the ${one.colour} ${noun} than the ${other.colour} ${noun}?`,
    answer: String(one.value - other.value),
    rationale: `${one.colour} ${one.value}, ${other.colour} ${other.value}. ${one.value} - ${other.value} = ${one.value - other.value}.`,
    level: 1,
    questionType: 'chart-difference',
  });
}

/** "What is the sum of all bars?" */
export function chartTotal(random: Random, options: DraftOptions): Question {
  const chart = randomChart(random);
  const values = chart.columns.map(({ value }) => value);
  return chartQuestion(random, options, chart, {
    prompt: `What do all ${chart.style === 'bar chart' ? 'bars' : 'points'} add up to?`,
    answer: String(sum(values)),
    rationale: additions(values),
    level: 2,
    questionType: 'chart-total',
  });
}

/** "What is the sum of row b?", or of a column. */
export function tableSum(random: Random, { alignment }: DraftOptions): Question {
  const table = randomTable(random);
  const ofRow = random.chance(0.5);
  const at = random.whole(0, (ofRow ? table.values.length : (table.values[0]?.length ?? 1)) - 1);
  const values = ofRow ? (table.values[at] ?? []) : table.values.map((row) => row[at] ?? 0);
  return {
    context: 'table',
    content: tableContent(table),
    drawing: drawTable(table, looseShift(random, alignment)),
    prompt: `What is the sum of ${ofRow ? `row ${ROWS[at] ?? ''}` : `column ${COLUMNS[at] ?? ''}`}?`,
    answer: String(sum(values)),
    description: describeTable(table),
    rationale: additions(values),
    level: values.length - 1,
    questionType: 'table-sum',
  };
}

/** "Compute what is written in the image": one step, two numbers of at most two digits. */
export function expression(random: Random, { alignment }: DraftOptions): Question {
  const chain = randomChain(random, 1, ['+', '-', '×']);
  const [step] = chain.steps;
  const text = `${chain.start}${step?.operation ?? ''}${step?.by ?? ''}`;
  const pitch = text.length <= 4 ? CELL : CELL / 2;
  const [dx, dy] = looseShift(random, alignment);
  const first: Point = [pitch / 2 + dx, (random.whole(0, 3) + 0.5) * CELL + dy];
  const marks = textMarks(text, first, { pitch, height: pitch === CELL ? 84 : 68, colour: INK });
  return {
    context: 'word',
    content: chainContent(chain),
    drawing: { background: PAPER, marks },
    prompt: 'Compute what is written in the image.',
    answer: String(chainResult(chain)),
    description: `It says ${chain.start} ${step?.operation ?? ''} ${step?.by ?? ''}.`,
    rationale: chainRationale(chain),
    level: 1,
    questionType: 'expression',
  };
}

/** "What is the area of the rectangle?", or its perimeter; the sides carry their lengths. */
export function rectangleSize(random: Random, { alignment }: DraftOptions): Question {
  const [width, height] = [random.whole(2, 9), random.whole(2, 9)];
  const area = random.chance(0.5);
  const around = 2 * (width + height);
  return {
    context: 'geometry',
    content: `rectangle ${width} ${height}`,
    drawing: drawRectangle(width, height, looseShift(random, alignment)),
    prompt: `What is the ${area ? 'area' : 'perimeter'} of the rectangle?`,
    answer: String(area ? width * height : around),
    description: `A rectangle, ${width} wide and ${height} high.`,
    rationale: area
      ? `${width} × ${height} = ${width * height}.`
      : `${width} + ${height} = ${width + height}. ${width + height} × 2 = ${around}.`,
    level: area ? 1 : 2,
    questionType: area ? 'area' : 'perimeter',
  };
}

/** The rectangle to scale in the upper left three by three cells, a length in the cell beside and below. */
function drawRectangle(width: number, height: number, [dx, dy]: Point): Drawing {
  const room = 3 * CELL - 24;
  const unit = room / Math.max(width, height);
  const [right, bottom] = [CANVAS - CELL - 12 + dx, CANVAS - CELL - 12 + dy];
  const style = { pitch: CELL, height: 84, colour: INK };
  return {
    background: PAPER,
    marks: [
      rectangle([right - width * unit, bottom - height * unit, right, bottom], PALE, {
        colour: INK,
        width: 8,
      }),
      ...textMarks(String(width), [1.5 * CELL + dx, 3.5 * CELL + dy], style),
      ...textMarks(String(height), [3.5 * CELL + dx, 1.5 * CELL + dy], style),
    ],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** "3 + 5 = 8. 8 + 9 = 17." */
function additions(values: readonly number[]): string {
  const [start = 0, ...rest] = values;
  return chainRationale({ start, steps: rest.map((by) => ({ operation: '+', by })) });
}
