import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { NamedError } from './named-error.mjs';

/** Exit codes of the headless commands. */
export const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 3 };

/** Errors of the scripts that are not the caller's to mend by other flags. */
const NOT_INPUT = new Set(['InstallFailed', 'BuildFailed', 'BrowserNotFound', 'BrowserFailed', 'PageFailed']);

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
 * Runs a command to its exit code: the result as JSON to `--out`, an error as one line on stderr, Ctrl+C as
 * an interruption.
 * @param {(signal: AbortSignal) => Promise<{result: unknown, out: string} | string>} work
 *   a string is help, printed as it is
 */
export async function runCommand(work) {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const answer = await work(interruption.signal);
    if (typeof answer === 'string') await print(answer);
    else await write(answer.out, JSON.stringify(answer.result));
    process.exitCode = EXIT.done;
  } catch (error) {
    // A signal that came while npm or Vite ran is delivered only once this thread is free.
    await new Promise((resolve) => setImmediate(resolve));
    const failure = interruption.signal.aborted
      ? new PageError({
          name: 'Interrupted',
          message: 'stopped by a signal; run it again',
          kind: 'interrupted',
        })
      : error;
    console.error(line(failure));
    process.exitCode = exitCode(failure);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
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
 * @throws {NamedError} FolderNotFound
 */
export function checkOut(out) {
  const folder = dirname(resolve(out));
  if (out !== '-' && !existsSync(folder))
    throw new NamedError('FolderNotFound', `no folder "${folder}"`, '--out', 'create it first');
}

/**
 * @param {string} out
 * @param {string} text
 */
async function write(out, text) {
  if (out === '-') await print(text);
  else writeFileSync(out, `${text}\n`);
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
