import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { askedCommand } from './asked-command.mjs';
import { HeadlessPage } from './headless-page.mjs';
import { JournalFiles } from './journal-files.mjs';
import { NamedError } from './named-error.mjs';
import { ROOT } from './paths.mjs';
import { interruption, settled } from './run-command.mjs';
import { LineCutter } from './worker-lines.mjs';
import { WorkerQueue } from './worker-queue.mjs';

/** @import {WorkerAnswer} from './worker-protocol.mjs' */

/**
 * `headless worker`: requests from `input`, a line each (`worker-protocol.mjs`), are run one after another in one page of one browser, as
 * the single command runs each; nothing but answers goes to `output`. Ends with the input, once everything is answered.
 * @param {AbortSignal} signal ends what runs and all that waits
 * @param {{input?: NodeJS.ReadableStream, output?: NodeJS.WritableStream}} [streams]
 * @throws the signal's reason; {PageError} Interrupted where nobody reads the answers any more
 */
export async function serveRequests(signal, { input = process.stdin, output = process.stdout } = {}) {
  const page = new HeadlessPage();
  const stopped = new AbortController();
  signal.addEventListener('abort', () => stopped.abort(signal.reason));
  output.on('error', () => stopped.abort(interruption('nobody reads the answers')));
  const answer = (/** @type {WorkerAnswer} */ line) => void output.write(`${JSON.stringify(line)}\n`);
  const queue = new WorkerQueue(
    ({ words: [name = '', ...words], journal }, { signal, progress }) =>
      settled(async () => {
        const asked = askedCommand(name, words);
        if (asked.out === '-') throw noPlace();
        return page.run(asked, { signal, progress, journals: new JournalFiles(journal) });
      }, signal),
    answer,
  );
  stopped.signal.addEventListener('abort', () => queue.cancelAll(stopped.signal.reason));
  answer({ ready: true, version: version() });
  try {
    await read(input, (line) => queue.take(line), stopped.signal);
    await queue.done();
  } finally {
    await page.close();
  }
  stopped.signal.throwIfAborted();
}

/**
 * Resolves when the input has ended, or the signal is aborted.
 * @param {NodeJS.ReadableStream} input
 * @param {(line: Buffer | null) => void} onLine
 * @param {AbortSignal} signal
 */
async function read(input, onLine, signal) {
  const lines = new LineCutter(onLine);
  const push = (/** @type {Buffer} */ piece) => lines.push(piece);
  await new Promise((resolve) => {
    input.on('data', push);
    for (const event of ['end', 'error', 'close']) input.on(event, resolve);
    signal.addEventListener('abort', resolve);
    if (signal.aborted) resolve(undefined);
  });
  input.off('data', push);
  // An open input would keep the process.
  input.pause();
  if (!signal.aborted) lines.end();
}

function version() {
  /** @type {{version: string}} */
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return version;
}

function noPlace() {
  const what = "a worker's stdout holds answers alone";
  return new NamedError('BadValue', what, '--out', 'give a file');
}
