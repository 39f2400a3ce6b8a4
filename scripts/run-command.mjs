import { existsSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { diskRefusal } from './disk-messages.mjs';
import { writeDurably } from './durable.mjs';
import { NamedError } from './named-error.mjs';
import { MANIFEST_FILE, isOfTheSystem } from './result-folder.mjs';
import { isStaging } from './staging.mjs';

/** Exit codes of the headless commands. */
export const EXIT = /** @type {const} */ ({ done: 0, failed: 1, badInput: 2, interrupted: 3, wrong: 4 });

/** Errors of the scripts that are not the caller's to mend by other flags. */
const NOT_INPUT = new Set([
  ...['InstallFailed', 'BuildFailed', 'BrowserNotFound', 'BrowserFailed', 'PageFailed', 'OutputFailed'],
  ...['DiskFull', 'DiskFailed', 'FolderNotWritable', 'FolderGone', 'FileTooLarge'],
]);

/** What the page answered instead of a result. `kind` decides the exit code. */
export class PageError extends Error {
  /** @param {{name: string, message: string, kind: 'input' | 'interrupted' | 'internal'}} error */
  constructor({ name, message, kind }) {
    super(message);
    this.name = name;
    this.kind = kind;
  }
}

/**
 * What a command answers. out: where the result goes as JSON, null where everything is written already; written: called once it is there;
 * wrong: what a result that was asked for finds wrong, in a line.
 * @typedef {{result: unknown, out: string | null, written?: () => void, wrong?: string | null}} Answer
 */

/** What ends a command that is to be run again. @param {string} message */
export function interruption(message) {
  return new PageError({ name: 'Interrupted', message, kind: 'interrupted' });
}

/**
 * Runs a command to its exit code: the result as JSON to `--out`, an error as one line on stderr, Ctrl+C as
 * an interruption. A second Ctrl+C does not wait for anything.
 * @param {(signal: AbortSignal) => Promise<Answer | string>} work a string is help, printed as it is
 */
export async function runCommand(work) {
  const interrupted = new AbortController();
  const interrupt = () => {
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort(interruption('stopped by a signal; run it again'));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const { exit, error } = await settled(work, interrupted.signal);
    if (error !== null) console.error(error);
    process.exitCode = exit;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/**
 * Does the work, and writes its result.
 * @param {(signal: AbortSignal) => Promise<Answer | string>} work
 * @param {AbortSignal} signal its reason is what interrupted work ends with
 * @returns {Promise<{exit: number, error: string | null}>} error: the one line of a failure, or of what the result finds wrong
 */
export async function settled(work, signal) {
  try {
    const answer = await work(signal);
    if (typeof answer === 'string') {
      await print(answer);
      return { exit: EXIT.done, error: null };
    }
    if (answer.out !== null) await write(answer.out, JSON.stringify(answer.result));
    answer.written?.();
    const { wrong = null } = answer;
    return { exit: wrong === null ? EXIT.done : EXIT.wrong, error: wrong };
  } catch (error) {
    // A signal that came while npm or Vite ran is delivered only once this thread is free.
    await new Promise((resolve) => setImmediate(resolve));
    const failure = signal.aborted ? signal.reason : error;
    return { exit: exitCode(failure), error: line(failure) };
  }
}

/** @param {unknown} error */
export function exitCode(error) {
  if (error instanceof PageError)
    return { input: EXIT.badInput, interrupted: EXIT.interrupted, internal: EXIT.failed }[error.kind];
  return error instanceof NamedError && !NOT_INPUT.has(error.name) ? EXIT.badInput : EXIT.failed;
}

/**
 * `ErrorName: what; where; remedy`, on one line.
 * @param {unknown} error
 */
export function line(error) {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return `${name}: ${message}`.replace(/\s+/g, ' ');
}

/**
 * Whether `--out` can be written, asked before the work is done rather than after.
 * @param {string} out
 * @param {'json' | 'folder' | 'new-folder' | 'file'} [writes] `file`: one that is written piece by piece
 * @throws {NamedError} FolderNotFound, BadValue, FolderNotEmpty
 */
export function checkOut(out, writes = 'json') {
  const wantsFolder = writes === 'folder' || writes === 'new-folder';
  if (writes !== 'json' && out === '-') {
    const what = wantsFolder ? 'folder' : 'file';
    throw new NamedError('BadValue', `a ${what} cannot go to stdout`, '--out', `give a ${what}`);
  }
  if (out === '-') return;
  const folder = dirname(resolve(out));
  if (!existsSync(folder))
    throw new NamedError('FolderNotFound', `there is no folder "${folder}"`, '--out', 'create it first');
  const isFolder = statSync(out, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder !== undefined && isFolder !== wantsFolder)
    throw new NamedError(
      'BadValue',
      `"${out}" is a ${isFolder ? 'folder' : 'file'}`,
      '--out',
      `give a ${wantsFolder ? 'folder' : 'file'}`,
    );
  const held = writes === 'new-folder' && isFolder ? readdirSync(out) : [];
  // What was begun there may be this very result: that is for the page to say.
  if (held.includes(MANIFEST_FILE)) return;
  const [other] = held.filter((name) => !isOfTheSystem(name) && !isStaging(name));
  if (other !== undefined)
    throw new NamedError(
      'FolderNotEmpty',
      `"${out}" holds "${other}"`,
      '--out',
      'give a new folder: files of two results would be taken for one',
    );
}

/**
 * To a file all at once: whoever waits for it never sees half of it.
 * @param {string} out
 * @param {string} text
 * @throws {NamedError} OutputFailed
 */
async function write(out, text) {
  if (out === '-') return print(text);
  try {
    replace(out, text);
  } catch (error) {
    try {
      rmSync(`${out}.partial`, { force: true });
    } catch {
      // Where it was refused to be written it may be refused to be removed: the first is what is told.
    }
    const { code = '', message } = /** @type {NodeJS.ErrnoException} */ (error);
    const place = resolve(out);
    const refusal = diskRefusal(code, { place, choice: 'choose another place with --out' });
    throw new NamedError(
      'OutputFailed',
      `${refusal?.what ?? message}, for the ${Buffer.byteLength(text)} bytes of the result${room(code, place)}`,
      '--out',
      `${refusal?.remedy ?? 'choose another place'}, and run it again: what was computed is kept`,
    );
  }
}

/**
 * Of a full disk, what it still takes.
 * @param {string} code
 * @param {string} path
 */
function room(code, path) {
  // A device takes what it takes, whatever the disk does on which its name lies.
  if (code !== 'ENOSPC' || statSync(path, { throwIfNoEntry: false })?.isFile() === false) return '';
  try {
    const { blocks, bavail, bsize } = statfsSync(dirname(path));
    return blocks > 0 ? `, where ${bavail * bsize} are free` : '';
  } catch {
    return '';
  }
}

/**
 * @param {string} out
 * @param {string} text
 */
function replace(out, text) {
  const there = statSync(out, { throwIfNoEntry: false });
  // A pipe or a device has nothing that could be replaced.
  if (there && !there.isFile()) return writeFileSync(out, `${text}\n`);
  writeDurably(out, `${text}\n`);
}

/**
 * Waits for a slow pipe: a process that exits early would cut the JSON short.
 * @param {string} text
 */
function print(text) {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve(undefined)));
  });
}
