import { describe, expect, test } from 'vitest';
import { CANVAS, type Box, type Drawing, type Mark, type Sight } from '../drawing/drawing.ts';
import { rasterise } from '../drawing/rasterise.ts';
import type { Draft } from '../item.ts';
import { contentHash } from '../random/content-hash.ts';
import { splitOf } from '../random/split.ts';
import { ANY_TWO } from './any-two.ts';
import { ONE_DIFFERENCE } from './one-difference.ts';
import { makePair, PAIR_TASKS, type Pair, type PairKind, type PairTask } from './pair.ts';

const COUNT = 40;

function made(kind: PairKind, task: PairTask, seed = 7): Pair[] {
  return Array.from({ length: COUNT }, (_, index) =>
    makePair(kind, task, { seed, index, alignment: (index % 5) / 4 }),
  );
}

const kept = new Map<string, Pair[]>();

/** The pairs most tests look at, made once. */
function pairsOf(kind: PairKind, task: PairTask): Pair[] {
  const name = kind.prefix + task;
  const pairs = kept.get(name) ?? made(kind, task);
  kept.set(name, pairs);
  return pairs;
}

function drawn({ drawing }: Draft): Drawing {
  if (!drawing) throw new Error('a pair without a picture');
  return drawing;
}

type Thing = Extract<Sight, { kind: 'thing' }>;

function things(draft: Draft): Thing[] {
  return drawn(draft).marks.flatMap(({ shows }) => (shows?.kind === 'thing' ? [shows] : []));
}

function letters(draft: Draft): string {
  return drawn(draft)
    .marks.map(({ shows }) => (shows?.kind === 'glyph' ? shows.character : ''))
    .join('');
}

/** The marks of one picture that are not in the other. */
function only(here: Draft, there: Draft): Mark[] {
  const others = new Set(drawn(there).marks.map((mark) => JSON.stringify(mark)));
  return drawn(here).marks.filter((mark) => !others.has(JSON.stringify(mark)));
}

function thing(mark: Mark | undefined): Thing {
  if (mark?.shows?.kind !== 'thing') throw new Error('not a thing');
  return mark.shows;
}

/** Where a mark can leave ink, one unit of smoothing around it. */
function reach(mark: Mark): Box {
  const margin = mark.kind === 'strokes' ? mark.width / 2 + 1 : 1;
  const points =
    mark.kind === 'ellipse'
      ? [mark.box.slice(0, 2), mark.box.slice(2)]
      : mark.kind === 'polygon'
        ? mark.points
        : mark.lines.flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis] ?? NaN));
  return [
    Math.min(...(xs ?? [])) - margin,
    Math.min(...(ys ?? [])) - margin,
    Math.max(...(xs ?? [])) + margin,
    Math.max(...(ys ?? [])) + margin,
  ];
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

const KINDS = [
  ['any two', ANY_TWO],
  ['one difference', ONE_DIFFERENCE],
] as const;

describe.each(KINDS)('pairs of %s', (_, kind) => {
  test.each(PAIR_TASKS)('%s: both pictures are held out, and named by their contents', (task) => {
    for (const { target, source, meta } of pairsOf(kind, task)) {
      expect([target, source].map(({ content }) => splitOf(content))).toEqual(['eval', 'eval']);
      expect([meta.target_hash, meta.source_hash]).toEqual(
        [target, source].map((side) => contentHash(side.content)),
      );
      expect(target.prompt).toBe(source.prompt);
    }
  });

  test.each(PAIR_TASKS)('%s: a seed gives its pairs again, another seed others', (task) => {
    expect(made(kind, task)).toEqual(pairsOf(kind, task));
    expect(made(kind, task, 8)).not.toEqual(pairsOf(kind, task));
  });

  test('counting: as many things as are told', () => {
    for (const { target, source, meta } of pairsOf(kind, 'counting')) {
      expect([meta.target_answer, meta.source_answer]).toEqual(
        [target, source].map((side) => String(things(side).length)),
      );
      expect(meta.target_answer).not.toBe(meta.source_answer);
    }
  });

  test('ocr: the letters that are told', () => {
    for (const { target, source, meta } of pairsOf(kind, 'ocr')) {
      expect([meta.target_text, meta.source_text]).toEqual([target, source].map(letters));
      expect(meta.target_text).not.toBe(meta.source_text);
    }
  });

  test('grounding: the thing asked for once in each picture, in boxes that do not overlap', () => {
    for (const { target, source, meta } of pairsOf(kind, 'grounding')) {
      const boxes = [target, source].map((side) =>
        things(side).flatMap(({ shape, colour, box }) =>
          `${colour} ${shape}` === meta.object_name ? [box] : [],
        ),
      );
      expect(boxes).toEqual([[meta.target_bbox_xyxy], [meta.source_bbox_xyxy]]);
      const [[one] = [], [other] = []] = boxes;
      expect(one && other && overlap(one, other)).toBe(false);
    }
  });

  test('recognition: there in the target, not in the source', () => {
    for (const { target, source, meta } of pairsOf(kind, 'recognition')) {
      const seen = (side: Draft): boolean =>
        things(side).some(({ shape, colour }) =>
          [shape, `${colour} ${shape}`].includes(String(meta.category_name)),
        );
      expect([seen(target), seen(source)]).toEqual([true, false]);
    }
  });
});

describe('one difference', () => {
  test.each(PAIR_TASKS)('%s: no pixel differs but where one thing does', (task) => {
    for (const { target, source } of pairsOf(ONE_DIFFERENCE, task).slice(0, 15)) {
      const [here, there] = [only(target, source), only(source, target)];
      expect([here.length, there.length].toSorted()).toEqual(task === 'counting' ? [0, 1] : [1, 1]);
      const allowed = [...here, ...there].map(reach);
      const [a, b] = [rasterise(drawn(target), CANVAS), rasterise(drawn(source), CANVAS)];
      let changed = 0;
      let astray = 0;
      for (let pixel = 0; pixel < CANVAS * CANVAS; pixel++) {
        if ([0, 1, 2].every((channel) => a[3 * pixel + channel] === b[3 * pixel + channel])) continue;
        changed++;
        const [x, y] = [pixel % CANVAS, Math.floor(pixel / CANVAS)];
        if (!allowed.some((box) => overlap([x, y, x + 1, y + 1], box))) astray++;
      }
      expect(changed).toBeGreaterThan(20);
      expect(astray).toBe(0);
    }
  });

  test('counting: one item more or less, as it says', () => {
    const said = pairsOf(ONE_DIFFERENCE, 'counting').map(({ meta }) => {
      const more = Number(meta.source_answer) - Number(meta.target_answer);
      expect(meta.difference).toBe(more === 1 ? 'one item added' : 'one item removed');
      expect(Math.abs(more)).toBe(1);
      return more;
    });
    expect(new Set(said)).toEqual(new Set([1, -1]));
  });

  test('ocr: another letter where it says', () => {
    for (const { meta } of pairsOf(ONE_DIFFERENCE, 'ocr')) {
      const [one, other] = [String(meta.target_text), String(meta.source_text)];
      const places = [...one].flatMap((letter, at) => (letter === other[at] ? [] : [`letter ${at + 1}`]));
      expect(other).toHaveLength(one.length);
      expect(places).toEqual([meta.difference]);
    }
  });

  test('grounding: the same thing elsewhere', () => {
    for (const { target, source, meta } of pairsOf(ONE_DIFFERENCE, 'grounding')) {
      const [one, other] = [thing(only(target, source)[0]), thing(only(source, target)[0])];
      const sides = ({ box: [x1, y1, x2, y2] }: Thing): number[] => [x2 - x1, y2 - y1];
      expect(meta.difference).toBe('place');
      expect([one.shape, one.colour, ...sides(one)]).toEqual([other.shape, other.colour, ...sides(other)]);
    }
  });

  test('recognition: another colour or another shape, as it says', () => {
    const said = pairsOf(ONE_DIFFERENCE, 'recognition').map(({ target, source, meta }) => {
      const [one, other] = [thing(only(target, source)[0]), thing(only(source, target)[0])];
      expect(one.box).toEqual(other.box);
      const differs = (['colour', 'shape'] as const).filter((name) => one[name] !== other[name]);
      expect(differs).toEqual([meta.difference]);
      return meta.difference;
    });
    expect(new Set(said)).toEqual(new Set(['colour', 'shape']));
  });
});
