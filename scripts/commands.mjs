import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { analysisCommand } from './analysis-command.mjs';
import { COMMON, JOURNAL, LORA } from './commands/shared/flags.mjs';
import { DECLARATIONS } from './declarations.mjs';
import { ROOT } from './paths.mjs';

/**
 * What a flag takes.
 *
 * - `text`, `integer`, `number`, `switch`, `choice`: a value handed to the page as it is;
 * - `path`: a place to write, the shell's own business;
 * - `checkpoint`: a Hugging Face folder, or `demo:NAME`, whose top-level files the page gets;
 * - `data`: a folder, all of whose files the page gets under their relative paths, or a single file, or `demo:NAME`;
 * - `files`: single files; may always be repeated;
 * - `parts`: part folders, of which the page gets `part.json` and the records (`part-folders.mjs`).
 *
 * @typedef {'text' | 'integer' | 'number' | 'switch' | 'choice' | 'path' | 'checkpoint' | 'data' | 'files' | 'parts'} FlagKind
 */

/**
 * @typedef {{
 *   kind: FlagKind,
 *   help: string,
 *   required?: boolean,
 *   repeated?: boolean,
 *   choices?: readonly string[],
 *   minimum?: number,
 *   maximum?: number,
 *   pattern?: RegExp,
 *   example?: string,
 *   value?: string | number | boolean,
 * }} Flag `repeated`: may be given several times, or once with several values; `pattern`: what a text has to match,
 *   `example` one that does; `value`: the default
 */

/**
 * A headless command, as its file `commands/NAME.mjs` exports it under the name `command`; the page's side is
 * `src/headless/commands/NAME.ts`. Those of analyses are made of what these declare.
 *
 * @typedef {{
 *   help: string,
 *   writes: 'json' | 'folder' | 'new-folder',
 *   flags: Readonly<Record<string, Flag>>,
 *   streams?: string,
 *   rest?: string,
 *   names?: string,
 *   wrong?: (result: unknown) => string | null,
 * }} Command `writes`: one JSON, to a file or to stdout, or a folder of files, or one that has to be empty; `streams`: the flag with which `--out` is a file that the page writes piece by piece;
 *   `rest`: the flag that words without one belong to; `names`: the flag of a file that names further folders, which the page reads first; `wrong`: what a result finds wrong, in a
 *   line: the command then ends with exit code 4
 */

const FOLDER = join(ROOT, 'scripts', 'commands');

/** @type {readonly (readonly [string, Command])[]} */
const ANALYSES = DECLARATIONS.map((declared) => [
  declared.declaration.name,
  analysisCommand(declared, DECLARATIONS),
]);

/** @type {readonly (readonly [string, Command])[]} */
const OTHERS = await Promise.all(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.mjs'))
    .map(async (file) => {
      /** @type {{command: Command}} */
      const { command } = await import(pathToFileURL(join(FOLDER, file)).href);
      return /** @type {const} */ ([file.slice(0, -'.mjs'.length), command]);
    }),
);

/** @type {Readonly<Record<string, Command>>} by name, in the order of the alphabet */
export const COMMANDS = Object.fromEntries(
  [...ANALYSES, ...OTHERS]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, command]) => [name, withLora(withJournal(command))]),
);

/**
 * What keeps a journal goes on with one from elsewhere, too.
 * @param {Command} command
 * @returns {Command}
 */
function withJournal(command) {
  if (!('restart' in command.flags)) return command;
  const { restart, ...others } = command.flags;
  return { ...command, flags: { ...others, restart, journal: JOURNAL } };
}

/**
 * What takes one model takes an adapter for it.
 * @param {Command} command
 * @returns {Command}
 */
function withLora(command) {
  const { model, ...others } = command.flags;
  if (!model || model.repeated) return command;
  return { ...command, flags: { model, lora: LORA, ...others } };
}

/**
 * Runs the others, one after another in one browser: `worker.mjs`.
 * @type {Command}
 */
export const WORKER = {
  help: 'runs commands one after another in one browser, as lines on stdin ask for them',
  writes: 'json',
  flags: {},
};

/** @type {Command} */
export const BENCH = {
  help: 'times decoding, rows and loading',
  writes: 'json',
  flags: {
    only: { kind: 'text', help: 'comma-separated parts to run (default: all)' },
    uncached: {
      kind: 'switch',
      help: 'layer7b and quantized: before each read put the file out of the memory of the machine, as a checkpoint is that was not opened yet (Linux)',
    },
    ...COMMON,
  },
};
