/** `demo/index.json`: what the demo family consists of and how it is asked (written by tools/demo-family/index.py). */
import { NamedError } from '../named-error.ts';

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
export type Region = 'early' | 'mid' | 'late';

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

/**
 * Reads and checks the index.
 *
 * @throws NamedError `DemoIndexInvalid` naming the field: no JSON (a host that answers every address with its page), another
 * format, a file name that leaves its folder, a hash that is none.
 */
export function parseDemoIndex(text: string, file = `demo/${INDEX_FILE}`): DemoIndex {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid('it is not JSON', file, undefined, cause);
  }
  const root = fields(json, '', file);
  if (root['format'] !== FORMAT) throw invalid(`${shown(root['format'])} is not ${FORMAT}`, file, 'format');
  const recipe = fields(root['recipe'], 'recipe', file);
  return {
    recipe: {
      name: string(recipe, 'name', 'recipe', file),
      title: string(recipe, 'title', 'recipe', file),
      system: recipe['system'] === null ? null : string(recipe, 'system', 'recipe', file),
      prefix: string(recipe, 'prefix', 'recipe', file),
      temperature: number(recipe, 'temperature', 'recipe', file),
      maxNewTokens: number(recipe, 'maxNewTokens', 'recipe', file),
    },
    checkpoints: list(root, 'checkpoints', file).map((entry, i) =>
      checkpoint(entry, `checkpoints[${i}]`, file),
    ),
    examples: list(root, 'examples', file).map((entry, i) => {
      const at = `examples[${i}]`;
      const one = fields(entry, at, file);
      return {
        ...demoFile(one, at, file, /^examples\/[\w.-]+$/),
        question: string(one, 'question', at, file),
        answer: string(one, 'answer', at, file),
      };
    }),
  };
}

function checkpoint(entry: unknown, at: string, file: string): DemoCheckpoint {
  const one = fields(entry, at, file);
  const name = string(one, 'name', at, file);
  if (!/^[\w-]+$/.test(name)) throw invalid(`${shown(name)} is not a folder name`, file, `${at}.name`);
  const role = DEMO_ROLES.find((known) => known === one['role']);
  if (!role)
    throw invalid(`${shown(one['role'])} is not one of ${DEMO_ROLES.join(', ')}`, file, `${at}.role`);
  const frozen = (['early', 'mid', 'late', null] as const).find((known) => known === one['frozen']);
  if (frozen === undefined) throw invalid(`${shown(one['frozen'])} is not a region`, file, `${at}.frozen`);
  const files = list(one, 'files', file, at).map((part, i) => {
    const place = `${at}.files[${i}]`;
    return demoFile(fields(part, place, file), place, file, /^[\w.-]+$/);
  });
  return {
    ...{ name, title: string(one, 'title', at, file), role, frozen, files },
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function demoFile(one: Fields, at: string, file: string, pattern: RegExp): DemoFile {
  const name = string(one, 'name', at, file);
  if (!pattern.test(name) || name.includes('..')) {
    throw invalid(`${shown(name)} is not a file of the folder`, file, `${at}.name`);
  }
  const sha256 = string(one, 'sha256', at, file);
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw invalid(`${shown(sha256)} is not a SHA-256`, file, `${at}.sha256`);
  const bytes = number(one, 'bytes', at, file);
  if (!Number.isSafeInteger(bytes)) throw invalid(`${bytes} is not a size`, file, `${at}.bytes`);
  return { name, bytes, sha256 };
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown, at: string, file: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(`${shown(value)} is not an object`, file, at === '' ? undefined : at);
}

function list(from: Fields, name: string, file: string, at = ''): readonly unknown[] {
  const value = from[name];
  if (Array.isArray(value) && value.length > 0) return value;
  throw invalid(`${shown(value)} is not a list with entries`, file, at === '' ? name : `${at}.${name}`);
}

function string(from: Fields, name: string, at: string, file: string): string {
  const value = from[name];
  if (typeof value === 'string') return value;
  throw invalid(`${shown(value)} is not a text`, file, `${at}.${name}`);
}

function number(from: Fields, name: string, at: string, file: string): number {
  const value = from[name];
  if (typeof value === 'number' && value >= 0) return value;
  throw invalid(`${shown(value)} is not a number from 0`, file, `${at}.${name}`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function invalid(what: string, file: string, field?: string, cause?: unknown): NamedError {
  return new NamedError(
    'DemoIndexInvalid',
    what,
    { file, ...(field === undefined ? {} : { field }) },
    'this host carries no demo family, or one of another version: build the app again, or open your own checkpoints',
    { cause },
  );
}
