/** `demo/index.json`: what the demo family consists of and how it is asked (written by tools/demo-family/index.py). */
import * as v from 'valibot';
import { is, object, readShape } from '../json-shape.ts';
import { NamedError } from '../named-error.ts';
import type { Region } from '../regions.ts';

export const INDEX_FILE = 'index.json';
const FORMAT = 1;

export interface DemoFile {
  /** Plain file name; for examples a path below `demo/`. */
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export const DEMO_ROLES = ['base', 'in', 'rl', 'frozen'] as const;
export type DemoRole = (typeof DEMO_ROLES)[number];

export interface DemoCheckpoint {
  /** Its folder below `demo/`, and what follows `demo:` on the command line. */
  readonly name: string;
  readonly title: string;
  readonly role: DemoRole;
  /** The region of the language model that RL left as in IN. */
  readonly frozen: Region | null;
  readonly files: readonly DemoFile[];
  /** Of all files. */
  readonly bytes: number;
}

/** How a family is asked: the same for all its members and whatever is merged from them. */
export interface DemoRecipe {
  readonly name: string;
  readonly title: string;
  /** null: the chat template's own. */
  readonly system: string | null;
  /** Put before each question. */
  readonly prefix: string;
  readonly temperature: number;
  readonly maxNewTokens: number;
}

export interface DemoExample extends DemoFile {
  readonly question: string;
  readonly answer: string;
}

export interface DemoIndex {
  readonly recipe: DemoRecipe;
  readonly checkpoints: readonly DemoCheckpoint[];
  readonly examples: readonly DemoExample[];
}

const text = v.string(is('a text'));
const amount = v.pipe(v.number(is('a number')), v.minValue(0, is('a number from 0')));
const filled = <const Item extends v.GenericSchema>(item: Item) =>
  v.pipe(v.array(item, is('a list')), v.minLength(1, is('a list with entries')));

/** A file whose name is of this pattern and leads out of no folder. */
function demoFile(pattern: RegExp) {
  const name = is('a file of the folder');
  return {
    name: v.pipe(
      text,
      v.regex(pattern, name),
      v.check((path) => !path.includes('..'), name),
    ),
    bytes: v.pipe(amount, v.safeInteger(is('a size'))),
    sha256: v.pipe(text, v.regex(/^[0-9a-f]{64}$/, is('a SHA-256'))),
  };
}

/** Folders and index call it as the card does. */
const FROZEN = v.pipe(
  v.picklist(['early', 'mid', 'late'], is('one of early, mid, late, null')),
  v.transform((name): Region => (name === 'mid' ? 'middle' : name)),
);

const INDEX = object({
  format: v.literal(FORMAT, is(`${FORMAT}`)),
  recipe: object({
    name: text,
    title: text,
    system: v.nullable(text),
    prefix: text,
    ...{ temperature: amount, maxNewTokens: amount },
  }),
  checkpoints: filled(
    object({
      name: v.pipe(text, v.regex(/^[\w-]+$/, is('a folder name'))),
      title: text,
      role: v.picklist(DEMO_ROLES, is(`one of ${DEMO_ROLES.join(', ')}`)),
      frozen: v.nullable(FROZEN),
      files: filled(object(demoFile(/^[\w.-]+$/))),
    }),
  ),
  examples: filled(object({ ...demoFile(/^examples\/[\w.-]+$/), question: text, answer: text })),
});

/**
 * Reads and checks the index; fields that it does not know are of a newer one, and passed over.
 *
 * @throws NamedError `DemoIndexInvalid` naming the field: not JSON (a host that answers every address with its page), another
 * format, a file name that leaves its folder, a hash that is none.
 */
export function parseDemoIndex(json: string, file = `demo/${INDEX_FILE}`): DemoIndex {
  const wrong = (what: string, field?: string, cause?: unknown): NamedError =>
    new NamedError(
      'DemoIndexInvalid',
      what,
      { file, ...(field === undefined ? {} : { field }) },
      'this host carries no demo family, or one of another version: build the app again, or open your own checkpoints',
      { cause },
    );
  let root: unknown;
  try {
    root = JSON.parse(json);
  } catch (cause) {
    throw wrong('it is not JSON', undefined, cause);
  }
  const { recipe, checkpoints, examples } = readShape(INDEX, root, wrong);
  return {
    recipe,
    checkpoints: checkpoints.map((one) => ({
      ...one,
      bytes: one.files.reduce((sum, { bytes }) => sum + bytes, 0),
    })),
    examples,
  };
}
