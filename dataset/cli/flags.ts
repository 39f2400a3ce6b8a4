import { parseArgs } from 'node:util';
import { NamedError } from '../../src/named-error.ts';
import { CANVAS } from '../generator/drawing/drawing.ts';
import { isOutOfDomain } from '../generator/puzzles/families.ts';
import { SPLITS, type Split } from '../generator/random/split.ts';
import type { Alignment } from '../generator/scene/alignment.ts';
import { TASK_NAMES, type TaskName } from '../generator/tasks.ts';

/** What the command is asked to write: the committed sets, or one task's stream. */
export type Order = { kind: 'committed'; out: string | undefined } | StreamOrder;

export interface StreamOrder {
  kind: 'stream';
  task: TaskName;
  split: Split;
  count: number;
  /** Index of the first item. */
  seed: number;
  /** Pixels a side. */
  size: number;
  /** Rendered directly at `size`, or at the canvas' size and scaled down as a model's processor does. */
  through: 'direct' | 'canvas';
  alignment: readonly [Alignment, Alignment];
  out: string;
}

const OPTIONS = {
  task: { type: 'string' },
  split: { type: 'string', default: 'train' },
  count: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '0' },
  size: { type: 'string', default: '112' },
  through: { type: 'string', default: 'direct' },
  alignment: { type: 'string', default: '0.5' },
  out: { type: 'string' },
} as const;

/**
 * Reads the command line.
 * @throws NamedError BadFlag
 */
export function readOrder(args: readonly string[]): Order {
  const values = parsed(args);
  if (values.task === undefined) return { kind: 'committed', out: values.out };
  if (values.out === undefined) throw bad('out', '', 'name the folder to write');
  const task = oneOf('task', values.task, TASK_NAMES);
  const split = oneOf('split', values.split, SPLITS);
  if (split === 'train' && isOutOfDomain(task)) throw bad('split', split, `${task} is only asked: use eval`);
  return {
    kind: 'stream',
    task,
    split,
    count: whole('count', values.count, 1),
    seed: whole('seed', values.seed, 0),
    size: whole('size', values.size, 28),
    through: oneOf('through', values.through, ['direct', 'canvas']),
    alignment: range(values.alignment),
    out: values.out,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new NamedError('BadFlag', what, {}, `known: ${Object.keys(OPTIONS).join(' ')}`);
  }
}

function bad(flag: string, value: string, remedy: string): NamedError {
  return new NamedError('BadFlag', `"${value}" does not fit`, { field: `--${flag}` }, remedy);
}

function oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found === undefined) throw bad(flag, value, `known: ${known.join(' ')}`);
  return found;
}

function whole(flag: string, value: string, least: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least)
    throw bad(
      flag,
      value,
      `give a whole number from ${least}${flag === 'size' ? `, like 112 or ${CANVAS}` : ''}`,
    );
  return number;
}

/** "0.5", or "0.2..1". */
function range(value: string): [Alignment, Alignment] {
  const [low = NaN, high = low] = value.split('..').map(Number);
  if (!(low >= 0 && low <= high && high <= 1))
    throw bad('alignment', value, 'give 0 to 1, or a range like 0.2..1');
  return [low, high];
}
