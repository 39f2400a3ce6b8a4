import { existsSync, rmSync } from 'node:fs';
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
/** @import {Session} from './session.mjs' */

/** A page that has not shown its entry by then never will. */
const READY_MS = 60_000;

/** Work answers a cancel within 0.2 s; a page that has not by then hangs. */
const STOP_MS = 10_000;

/** Processes of a killed browser have ended by then. */
const LATE_WRITES_MS = 5_000;

/**
 * @typedef {{
 *   path: string,
 *   entry: string,
 *   adapter: string,
 *   progress: (line: string) => void,
 *   signal: AbortSignal,
 * }} PageOptions entry: the global the page defines once it is ready; adapter: auto, hardware or software; progress: told what the page
 *   says with `console.info`, its warnings and errors too; signal: ends the opening
 */

/** One of the built app's pages, served and open in a headless Chromium. */
export class OpenPage {
  page;
  /** Asked before the app's own files: what the page may write just now. @type {Session | null} */
  session = null;
  /** Whether it can be asked nothing more. */
  isGone = false;
  /** The browser's folder. */
  profile;
  #close;
  #failed;

  /**
   * @param {Page} page
   * @param {string} profile
   * @param {BrowserContext} browser
   * @param {(died: boolean) => Promise<void>} close died: whether the browser has ended by itself
   * @param {string} path
   */
  constructor(page, profile, browser, close, path) {
    this.page = page;
    this.profile = profile;
    this.#close = close;
    this.#failed = new Promise((_, reject) => {
      const fail = (/** @type {NamedError} */ error) => {
        this.isGone = true;
        reject(error);
      };
      page.on('crash', () => fail(crashed(path)));
      page.on('close', () => fail(ended()));
      browser.on('close', () => fail(ended()));
    });
    this.#failed.catch(() => {});
  }

  /**
   * @param {PageOptions} options
   * @returns {Promise<OpenPage>}
   * @throws {NamedError} BrowserNotFound, BrowserFailed, PageFailed
   */
  static async open({ path, entry, adapter, progress, signal }) {
    const executablePath = ensureBrowser();
    const args = chromiumFlags(adapterOf(adapter));
    if (runsUnsandboxed()) progress(UNSANDBOXED);
    // A profile on disk: in a private window the browser keeps its storage in memory, and little of it.
    const profile = makeProfile();
    /** @type {OpenPage | undefined} */
    let opened;
    const server = await serve(DIST, {
      before: (request, response) => opened?.session?.answer(request, response) ?? false,
    });
    /** @type {BrowserContext | undefined} */
    let browser;
    const end = () => void browser?.close().catch(() => {});
    const close = (died = false) =>
      cleanUp(progress, {
        'the browser could not be closed': () => browser?.close(),
        'the server could not be closed': () => server.close(),
        [`the browser's profile ${profile} could not be removed`]: () => removeProfile(profile, died),
      });
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
          throw new NamedError(
            'BrowserFailed',
            firstLine(error),
            executablePath,
            'set CHROME_PATH to another',
          );
        });
      signal.addEventListener('abort', end);
      signal.throwIfAborted();
      const page = await browser.newPage();
      page.setDefaultTimeout(0);
      opened = new OpenPage(page, profile, browser, close, path);
      page.on('console', (message) => {
        // What the session refuses is said by whoever asked for it.
        if (opened?.session && message.location().url.includes(opened.session.path)) return;
        if (['info', 'warning', 'error'].includes(message.type())) progress(message.text());
      });
      await opened.use(async () => {
        await page.goto(server.url + path);
        await ready(page, path, entry);
      });
      return opened;
    } catch (error) {
      await close();
      throw error;
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /**
   * Does `work` with the page; rejects where the page or the browser ends first.
   * @template T
   * @param {(page: Page) => Promise<T>} work
   * @param {{signal: AbortSignal, stop: (page: Page) => Promise<void>}} [interruption] stop: asks the page to end its work when the
   *   signal is aborted; what does not end in time ends with the browser
   * @returns {Promise<T>}
   * @throws {NamedError} BrowserFailed, PageFailed
   */
  async use(work, interruption) {
    interruption?.signal.throwIfAborted();
    const { page } = this;
    /** @type {NodeJS.Timeout | undefined} */
    let late;
    const end = () => void this.close();
    const interrupt = () => {
      late = setTimeout(end, STOP_MS);
      interruption?.stop(page).catch(end);
    };
    interruption?.signal.addEventListener('abort', interrupt);
    try {
      return await /** @type {Promise<T>} */ (Promise.race([work(page), this.#failed]));
    } finally {
      clearTimeout(late);
      interruption?.signal.removeEventListener('abort', interrupt);
    }
  }

  /** Ends browser and server, and removes the profile. */
  close() {
    const died = this.isGone;
    this.isGone = true;
    this.#closing ??= this.#close(died);
    return this.#closing;
  }

  /** @type {Promise<void> | undefined} */
  #closing;
}

/**
 * Opens a page, hands it to `use`, and closes everything after, also where the signal is aborted.
 * @template T
 * @param {PageOptions} options
 * @param {(page: Page, profile: string) => Promise<T>} use
 * @returns {Promise<T>}
 * @throws {NamedError} those of opening and of `use`
 */
export async function withPage(options, use) {
  const opened = await OpenPage.open(options);
  try {
    return await opened.use((page) => use(page, opened.profile), {
      signal: options.signal,
      stop: () => opened.close(),
    });
  } finally {
    await opened.close();
  }
}

/**
 * Processes of a browser that was killed end by themselves, and may write into the profile until then: it is removed until it stays away.
 * @param {string} profile
 * @param {boolean} died
 */
async function removeProfile(profile, died) {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  const until = performance.now() + LATE_WRITES_MS;
  for (let away = 0; died && away < 3 && performance.now() < until; away++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (!existsSync(profile)) continue;
    away = -1;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The adapter that Chromium is asked for.
 * @param {string} asked auto, hardware or software
 */
export function adapterOf(asked) {
  if (asked === 'auto') return detectAdapter();
  return asked === 'hardware' ? 'hardware' : 'software';
}

/** @param {string} path */
function crashed(path) {
  const what = 'the page crashed: out of memory?';
  return new NamedError('PageFailed', what, path, 'this is a fault of the app; please report it');
}

function ended() {
  return new NamedError(
    'BrowserFailed',
    'the browser ended',
    '',
    'run it again; if it ends again, report it',
  );
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
