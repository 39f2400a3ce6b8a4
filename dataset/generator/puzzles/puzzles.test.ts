import { describe, expect, test } from 'vitest';
import { makeItem, type Item } from '../make-item.ts';
import { FAMILY_NAMES, isOutOfDomain, PUZZLE_FAMILIES, type FamilyName } from './families.ts';

function made(family: FamilyName, count = 150): Item[] {
  return Array.from({ length: count }, (_, index) =>
    makeItem(family, { split: isOutOfDomain(family) || index % 2 ? 'eval' : 'train', index, alignment: 0.5 }),
  );
}

/** Answers of the right form that are not the right one. */
function perturbed(answer: string): string[] {
  const [, hours, minutes] = /^(\d+):(\d+)$/.exec(answer) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const later = (Number(minutes) + 1) % 60;
    return [
      `${(Number(hours) % 12) + 1}:${minutes}`,
      `${hours}:${String(later).padStart(2, '0')}`,
      '',
      'noon',
    ];
  }
  const [, column, row] = /^([a-h])(\d)$/.exec(answer) ?? [];
  if (column !== undefined)
    return [`${column}${Number(row) + 1}`, `${column === 'a' ? 'b' : 'a'}${row ?? ''}`, ''];
  return [String(Number(answer) + 1), String(Number(answer) - 1), `${answer}7`, '', 'none'];
}

describe.each(FAMILY_NAMES)('%s', (family) => {
  const items = made(family);

  test('takes its own answers and no others', () => {
    for (const { meta, answer } of items) {
      const state = meta.state ?? null;
      expect(PUZZLE_FAMILIES[family].verify(state, answer)).toBe(true);
      expect(PUZZLE_FAMILIES[family].verify(state, ` ${answer.toUpperCase()} `)).toBe(true);
      for (const wrong of perturbed(answer))
        expect(PUZZLE_FAMILIES[family].verify(state, wrong), `${wrong} for ${answer}`).toBe(false);
    }
  });

  test('can be verified from a file', () => {
    for (const { meta, answer } of items) {
      const state: Item['meta'] = JSON.parse(JSON.stringify(meta.state));
      expect(PUZZLE_FAMILIES[family].verify(state, answer)).toBe(true);
    }
  });

  test('refuses what is no state of its', () => {
    for (const state of [null, 3, 'state', [], {}])
      expect(() => PUZZLE_FAMILIES[family].verify(state, '1')).toThrow(TypeError);
  });

  test('has every level', () => {
    const levels = new Set(items.map(({ level }) => level));
    expect([...levels].sort()).toEqual([1, 2, 3]);
  });

  test('says its domain', () => {
    for (const { meta } of items) expect(meta.domain).toBe(PUZZLE_FAMILIES[family].domain);
  });
});

test('harder levels take longer ways', () => {
  for (const family of [
    'maze',
    'move_box',
    'number_slide',
    'water_jugs',
    'tower_of_hanoi',
    'checker_move',
  ] as const) {
    const items = made(family);
    const means = [1, 2, 3].map((level) => {
      const answers = items.filter((item) => item.level === level).map(({ answer }) => Number(answer));
      return answers.reduce((sum, answer) => sum + answer, 0) / answers.length;
    });
    expect(means, family).toEqual(means.toSorted((a, b) => a - b));
  }
});

test('clocks: whole hours, then fives, then minutes', () => {
  const kinds = made('clock').map(({ level, meta }) => {
    const shift = Math.abs(Number(Object(meta.state).shift));
    if (level === 1) expect(shift % 60).toBe(0);
    if (level === 2) expect([shift % 5, shift < 60]).toEqual([0, true]);
    return level === 3 && shift % 5 !== 0;
  });
  expect(kinds).toContain(true);
});

test('queens: larger boards, then one that is missing', () => {
  for (const { level, meta } of made('n_queens')) {
    const { rows, ask } = Object(meta.state) as { rows: number[]; ask: string };
    const [least, most] =
      [
        [4, 4],
        [5, 6],
        [5, 8],
      ][level - 1] ?? [];
    expect(rows.length).toBeGreaterThanOrEqual(least ?? NaN);
    expect(rows.length).toBeLessThanOrEqual(most ?? NaN);
    expect([ask, rows.filter((row) => row < 0).length]).toEqual(
      level === 3 ? ['missing', 1] : ['attacks', 0],
    );
  }
});

describe('answers known from elsewhere', () => {
  const { clock, tower_of_hanoi, water_jugs, number_slide, n_queens, maze, move_box, checker_move } =
    PUZZLE_FAMILIES;

  test('the tower of n disks takes 2ⁿ − 1 moves', () => {
    expect(tower_of_hanoi.verify({ pegs: ['ba', '', ''] }, '3')).toBe(true);
    expect(tower_of_hanoi.verify({ pegs: ['dcba', '', ''] }, '15')).toBe(true);
  });

  test('four litres from jugs of three and five take six steps', () => {
    expect(water_jugs.verify({ capacities: [3, 5], amounts: [0, 0], target: 4 }, '6')).toBe(true);
  });

  test('three red and three green frogs change sides in fifteen moves', () => {
    expect(checker_move.verify({ start: 'rrr_ggg', goal: 'ggg_rrr' }, '15')).toBe(true);
  });

  test('tiles with two exchanged cannot be ordered', () => {
    expect(number_slide.verify({ tiles: '12345687_' }, '2')).toBe(false);
    expect(number_slide.verify({ tiles: '1234_6758' }, '2')).toBe(true);
  });

  test('eight queens', () => {
    expect(n_queens.verify({ rows: [0, 4, 7, 5, 2, 6, 1, -1], ask: 'missing' }, 'h4')).toBe(true);
    expect(n_queens.verify({ rows: [0, 1, 2, 3], ask: 'attacks' }, '6')).toBe(true);
  });

  test('an open floor takes the sum of the distances', () => {
    expect(maze.verify({ rows: ['s000', '0000', '0000', '000e'] }, '6')).toBe(true);
    expect(maze.verify({ rows: ['s1', '1e'] }, '2')).toBe(false);
  });

  test('a box in a line is pushed straight on', () => {
    expect(move_box.verify({ rows: ['pb0g'] }, '2')).toBe(true);
    expect(move_box.verify({ rows: ['bp0g'] }, '2')).toBe(false);
  });

  test('clocks go past twelve, both ways', () => {
    expect(clock.verify({ time: 11 * 60 + 50, shift: 75 }, '1:05')).toBe(true);
    expect(clock.verify({ time: 5, shift: -10 }, '11:55')).toBe(true);
  });
});
