import type { Draft, DraftOptions } from '../item.ts';
import type { Box, Point } from '../drawing/drawing.ts';
import { plural } from '../language/phrases.ts';
import { COLOUR_NAMES } from '../drawing/palette.ts';
import { SHAPES } from '../drawing/shapes.ts';
import { attributes } from '../perception/attributes.ts';
import { crowd } from '../perception/counting.ts';
import { ocr } from '../perception/ocr.ts';
import { recognition } from '../perception/recognition.ts';
import type { Random } from '../random/random.ts';
import { CELL, looseShift } from '../scene/alignment.ts';
import { chartContent, describeChart, drawChart, randomChart } from '../scene/chart.ts';
import { clockContent, drawClock, HALF_DAY, timeName } from '../scene/clock-face.ts';
import { drawObjects, LOOKS, lookName, objectsContent, placeObjects } from '../scene/objects.ts';
import { COLUMNS, describeTable, drawTable, randomTable, ROWS, tableContent } from '../scene/table.ts';
import { describeObjects, whereabouts } from '../scene/where.ts';
import { askUntil, type Asker, type Question } from './question.ts';

const ASKERS: readonly Asker[] = [
  howMany,
  attribute,
  exists,
  relation,
  whichWord,
  barValue,
  barCompare,
  tableEntry,
  whatTime,
];

/** A visual question whose answer needs only seeing. */
export function generalQuestion(random: Random, options: DraftOptions): Draft | undefined {
  return askUntil(random, options, random.pick(ASKERS), 'general-vqa');
}

const YES_NO = ['Yes', 'No'];

function howMany(random: Random, { alignment }: DraftOptions): Question | undefined {
  const objects = crowd(random, random.whole(2, 7), alignment);
  if (!objects) return undefined;
  const byShape = random.chance(0.5);
  // Most questions ask for something that is there.
  const { shape, colour } = random.pick(random.chance(0.85) ? objects : LOOKS);
  const asked: string = byShape ? shape : colour;
  const counted = objects.filter((object) => asked === (byShape ? object.shape : object.colour));
  return {
    context: 'scene',
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    prompt: `How many ${byShape ? plural(asked) : `${asked} items`} are there?`,
    answer: String(counted.length),
    description: `There is ${describeObjects(objects)}.`,
    rationale: `I see ${describeObjects(counted)}.`,
    level: Math.ceil(objects.length / 3),
    questionType: 'count',
  };
}

function attribute(random: Random, options: DraftOptions): Question | undefined {
  const draft = attributes(random, options);
  if (!draft?.drawing) return undefined;
  const choices = random.shuffled([...(draft.questionType === 'colour' ? COLOUR_NAMES : SHAPES)]);
  return { ...draft, drawing: draft.drawing, context: 'scene', ...(random.chance(0.5) ? { choices } : {}) };
}

function exists(random: Random, options: DraftOptions): Question | undefined {
  const draft = recognition(random, options);
  if (!draft?.drawing) return undefined;
  const prompt = draft.prompt.replace(' Answer Yes or No only.', '');
  return { ...draft, drawing: draft.drawing, prompt, context: 'scene', choices: YES_NO };
}

const SIDES = ['to the left of', 'to the right of', 'above', 'below'] as const;

function relation(random: Random, { alignment }: DraftOptions): Question | undefined {
  const objects = placeObjects(random, random.some(LOOKS, random.whole(2, 3)), alignment);
  const [one, other] = objects ?? [];
  if (!objects || !one || !other) return undefined;
  const side = random.pick(SIDES);
  const axis = side === 'above' || side === 'below' ? 1 : 0;
  const distance = centre(one.box)[axis] - centre(other.box)[axis];
  // Nearly level is neither left nor right.
  if (Math.abs(distance) < CELL / 2) return undefined;
  const before = side === 'above' || side === 'to the left of';
  return {
    context: 'scene',
    content: objectsContent(objects),
    drawing: drawObjects(objects),
    prompt: `Is the ${lookName(one)} ${side} the ${lookName(other)}?`,
    answer: distance < 0 === before ? 'Yes' : 'No',
    description: `There is ${describeObjects(objects)}.`,
    rationale: `The ${lookName(one)} is at the ${whereabouts(one.box)}, the ${lookName(other)} at the ${whereabouts(other.box)}.`,
    level: objects.length,
    questionType: 'relation',
    choices: YES_NO,
  };
}

function centre([x1, y1, x2, y2]: Box): Point {
  return [(x1 + x2) / 2, (y1 + y2) / 2];
}

function whichWord(random: Random, options: DraftOptions): Question | undefined {
  const draft = ocr(random, options);
  return (
    draft.drawing && {
      ...draft,
      drawing: draft.drawing,
      context: 'word',
      prompt: 'Which word is written in the image?',
      rationale: `The letters are ${[...draft.answer].join(' ')}.`,
    }
  );
}

function barValue(random: Random, { alignment }: DraftOptions): Question {
  const chart = randomChart(random);
  const { colour, value } = random.pick(chart.columns);
  return {
    context: chart.style,
    content: chartContent(chart),
    drawing: drawChart(chart, looseShift(random, alignment)),
    prompt: `What is the value of the ${colour} ${chart.style === 'bar chart' ? 'bar' : 'point'}?`,
    answer: String(value),
    description: describeChart(chart, [colour]),
    rationale: `The digit below ${colour} is ${value}.`,
    level: chart.columns.length - 2,
    questionType: 'chart-value',
  };
}

function barCompare(random: Random, { alignment }: DraftOptions): Question | undefined {
  const chart = randomChart(random);
  const [one, other] = random.some(chart.columns, 2);
  if (!one || !other || one.value === other.value) return undefined;
  const noun = chart.style === 'bar chart' ? 'bar' : 'point';
  return {
    context: chart.style,
    content: chartContent(chart),
    drawing: drawChart(chart, looseShift(random, alignment)),
    prompt: `Is the ${one.colour} ${noun} higher than the ${other.colour} ${noun}?`,
    answer: one.value > other.value ? 'Yes' : 'No',
    description: describeChart(chart),
    rationale: `${one.colour} ${one.value}, ${other.colour} ${other.value}.`,
    level: chart.columns.length - 2,
    questionType: 'chart-compare',
    choices: YES_NO,
  };
}

function tableEntry(random: Random, { alignment }: DraftOptions): Question {
  const table = randomTable(random);
  const row = random.whole(0, table.values.length - 1);
  const column = random.whole(0, (table.values[0]?.length ?? 1) - 1);
  return {
    context: 'table',
    content: tableContent(table),
    drawing: drawTable(table, looseShift(random, alignment)),
    prompt: `Which number stands in row ${ROWS[row] ?? ''}, column ${COLUMNS[column] ?? ''}?`,
    answer: String(table.values[row]?.[column] ?? 0),
    description: describeTable(table, (r, c) => r === row && c === column),
    rationale: `Row ${ROWS[row] ?? ''}, column ${COLUMNS[column] ?? ''}: ${table.values[row]?.[column] ?? 0}.`,
    level: table.values.length - 1,
    questionType: 'table-entry',
  };
}

function whatTime(random: Random, { alignment }: DraftOptions): Question {
  const time = random.whole(0, HALF_DAY - 1);
  return {
    context: 'clock',
    content: clockContent(time),
    drawing: drawClock(time, looseShift(random, alignment)),
    prompt: 'What time does the clock show?',
    answer: timeName(time),
    description: 'A clock with a short dark hour hand and a long red minute hand.',
    rationale: `The short hand is past ${Math.floor(time / 60) || 12}, the long hand is at minute ${time % 60}.`,
    level: time % 60 === 0 ? 1 : time % 5 === 0 ? 2 : 3,
    questionType: 'time',
  };
}
