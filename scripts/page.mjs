import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ensureBrowser } from './browser.mjs';
import {
  NO_SANDBOX_HERE,
  UNSANDBOXED,
  chromiumFlags,
  detectAdapter,
  isWithoutSandbox,
  runsUnsandboxed,
} from './chromium-flags.mjs';
import { cleanUp } from './cleanup.mjs';
import { NamedError } from './named-error.mjs';
import { DIST } from './paths.mjs';
import { browserTemporary, makeProfile } from './profiles.mjs';
import { serve } from './static-server.mjs';

/** @import {BrowserContext, Page} from 'playwright-core' */

/** A page that has not shown its entry by then never will. */
const READY_MS = 60_000;

/** Work answers a cancel within 0.2 s; a page that has not by then hangs. */
const STOP_MS = 10_000;

/**
 * Serves the built app, opens one of its pages in a headless Chromium, and hands both to `use`; closes
 * everything after. What the page says with `console.info` is progress and goes to `progress`, its warnings
 * and errors too.
 * @template T
 * @param {{
 *   path: string,
 *   entry: string,
 *   adapter: string,
 *   progress: (line: string) => void,
 *   signal: AbortSignal,
 *   session?: import('./session.mjs').Session,
 *   stop?: (page: Page) => Promise<void>,
 * }} options entry: the global the page defines once it is ready; adapter: auto, hardware or software; session: what
 *   the page may write; stop: asks the page to end its work when the signal is aborted; what does not end in
 *   time, or has no `stop`, ends with the browser
 * @param {(page: Page) => Promise<T>} use
 * @returns {Promise<T>}
 * @throws {NamedError} BrowserNotFound, BrowserFailed, PageFailed
 */
export async function withPage({ path, entry, adapter, progress, signal, session, stop }, use) {
  const executablePath = ensureBrowser();
  const args = chromiumFlags(
    adapter === 'auto' ? detectAdapter() : adapter === 'hardware' ? adapter : 'software',
  );
  if (runsUnsandboxed()) progress(UNSANDBOXED);
  // A profile on disk: in a private window the browser keeps its storage in memory, and little of it.
  const profile = makeProfile();
  const server = await serve(DIST, session ? { before: session.answer } : {});
  /** @type {BrowserContext | undefined} */
  let browser;
  /** @type {Page | undefined} */
  let page;
  const close = () => void browser?.close();
  const interrupt = () => {
    if (!stop || !page) return close();
    setTimeout(close, STOP_MS).unref();
    stop(page).catch(close);
  };
  try {
    // Signals are ours to handle: an interrupted run has an exit code of its own.
    const ours = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    const launch = (/** @type {boolean} */ chromiumSandbox) =>
      chromium.launchPersistentContext(profile, {
        ...{ executablePath, args, ...ours },
        // Else in a folder of the temporary one that nobody would remove after a kill.
        artifactsDir: join(profile, 'artifacts'),
        env: { ...process.env, TMPDIR: browserTemporary() },
        // Playwright's own default is to run without.
        chromiumSandbox,
      });
    browser = await launch(!runsUnsandboxed())
      .catch((/** @type {Error} */ error) => {
        if (runsUnsandboxed() || !isWithoutSandbox(error.message)) throw error;
        signal.throwIfAborted();
        progress(NO_SANDBOX_HERE);
        return launch(false);
      })
      .catch((/** @type {Error} */ error) => {
        signal.throwIfAborted();
        throw new NamedError('BrowserFailed', firstLine(error), executablePath, 'set CHROME_PATH to another');
      });
    signal.addEventListener('abort', interrupt);
    signal.throwIfAborted();
    const opened = await browser.newPage();
    opened.setDefaultTimeout(0);
    opened.on('console', (message) => {
      // What the session refuses is said by whoever asked for it.
      if (session && message.location().url.includes(session.path)) return;
      if (['info', 'warning', 'error'].includes(message.type())) progress(message.text());
    });
    const failed = new Promise((_, reject) => {
      const fail = (/** @type {string} */ what) =>
        reject(new NamedError('PageFailed', what, path, 'this is a fault of the app; please report it'));
      opened.on('crash', () => fail('the page crashed: out of memory?'));
      browser?.on('close', () => fail('the browser closed'));
    });
    failed.catch(() => {});
    const work = async () => {
      await opened.goto(server.url + path);
      await ready(opened, path, entry);
      page = opened;
      return use(opened);
    };
    return await /** @type {Promise<T>} */ (Promise.race([work(), failed]));
  } finally {
    signal.removeEventListener('abort', interrupt);
    await cleanUp(progress, {
      'the browser could not be closed': () => browser?.close(),
      'the server could not be closed': () => server.close(),
      [`the browser's profile ${profile} could not be removed`]: () =>
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 }),
    });
  }
}

/**
 * @param {Page} page
 * @param {string} path
 * @param {string} entry
 */
async function ready(page, path, entry) {
  const late = Date.now() + READY_MS;
  while (!(await page.evaluate((name) => Object.hasOwn(globalThis, name), entry))) {
    if (Date.now() > late)
      throw new NamedError(
        'PageFailed',
        `the page has no ${entry} after ${READY_MS / 1000} s`,
        path,
        'please report it',
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @param {Error} error */
function firstLine(error) {
  return error.message.split('\n')[0] ?? '';
}
