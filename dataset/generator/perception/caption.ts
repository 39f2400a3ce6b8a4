import { CANVAS } from '../drawing/drawing.ts';
import type { Draft, DraftOptions } from '../item.ts';
import { capitalised } from '../language/phrases.ts';
import type { Random } from '../random/random.ts';
import { looseShift } from '../scene/alignment.ts';
import { chartContent, describeChart, drawChart, randomChart } from '../scene/chart.ts';
import { clockContent, drawClock, HALF_DAY, timeName } from '../scene/clock-face.ts';
import { drawObjects, objectsContent } from '../scene/objects.ts';
import { describeTable, drawTable, randomTable, tableContent } from '../scene/table.ts';
import { describeObjects } from '../scene/where.ts';
import { crowd } from './counting.ts';
import { ocr } from './ocr.ts';

type Captioned = Pick<Draft, 'content' | 'drawing' | 'answer' | 'questionType'>;

const PICTURES: readonly ((random: Random, options: DraftOptions) => Captioned | undefined)[] = [
  things,
  things,
  things,
  word,
  clock,
  chart,
  table,
];

/** "Describe the image": things most often, else a word, a clock, a chart or a table. */
export function caption(random: Random, options: DraftOptions): Draft | undefined {
  const captioned = random.pick(PICTURES)(random, options);
  return (
    captioned && {
      ...captioned,
      prompt: 'Describe the image.',
      description: '',
      rationale: '',
      level: 1,
      meta: { canvas_size: [CANVAS, CANVAS] },
    }
  );
}

function things(random: Random, { alignment }: DraftOptions): Captioned | undefined {
  const objects = crowd(random, random.whole(1, 4), alignment);
  return (
    objects && {
      content: objectsContent(objects),
      drawing: drawObjects(objects),
      answer: capitalised(`${describeObjects(objects)}.`),
      questionType: 'things',
    }
  );
}

function word(random: Random, options: DraftOptions): Captioned {
  const read = ocr(random, options);
  return { ...read, answer: `The word "${read.answer}".`, questionType: 'word' };
}

function clock(random: Random, { alignment }: DraftOptions): Captioned {
  const time = random.whole(0, HALF_DAY - 1);
  return {
    content: clockContent(time),
    drawing: drawClock(time, looseShift(random, alignment)),
    answer: `A clock that shows ${timeName(time)}.`,
    questionType: 'clock',
  };
}

function chart(random: Random, { alignment }: DraftOptions): Captioned {
  const shown = randomChart(random);
  return {
    content: chartContent(shown),
    drawing: drawChart(shown, looseShift(random, alignment)),
    answer: describeChart(shown),
    questionType: shown.style,
  };
}

function table(random: Random, { alignment }: DraftOptions): Captioned {
  const shown = randomTable(random);
  return {
    content: tableContent(shown),
    drawing: drawTable(shown, looseShift(random, alignment)),
    answer: describeTable(shown),
    questionType: 'table',
  };
}
