import { askPage } from './ask-page.mjs';
import { findDemos } from './inputs.mjs';
import { withNamed } from './named-inputs.mjs';
import { adapterOf, OpenPage } from './page.mjs';
import { PartialFiles } from './partial-files.mjs';
import { PageError } from './run-command.mjs';
import { Session } from './session.mjs';

/** @import {Page} from 'playwright-core' */
/** @import {Asked} from './asked-command.mjs' */
/** @import {JournalFiles} from './journal-files.mjs' */
/** @import {Answer} from './run-command.mjs' */

/**
 * The page `headless.html`, for one command or for one after another: it is opened with the first, and anew where another adapter
 * is asked for, or where it or its browser has ended. It defines `frankenscopeHeadless` (`page-api.d.ts`), which gets the flags, and the files
 * in file inputs: the browser reads them where they lie. It writes through a `Session`, one for each command.
 */
export class HeadlessPage {
  /** @type {OpenPage | null} */
  #opened = null;
  #adapter = '';
  /** Told of what the page says: whoever asked last. @type {(line: string) => void} */
  #progress = () => {};

  /**
   * Runs a command.
   * @param {Asked} asked
   * @param {{signal: AbortSignal, progress: (line: string) => void, journals: JournalFiles}} around
   * @returns {Promise<Answer>}
   * @throws {PageError} what the command failed with; {NamedError} those of opening, of inputs and of the disk
   */
  async run(asked, { signal, progress, journals }) {
    const { name, command, flags, folder, outName, again } = asked;
    const said = asked.quiet ? () => {} : progress;
    const files = folder === null ? null : new PartialFiles(folder);
    this.#progress = said;
    try {
      const inputs = findDemos(asked.inputs);
      const opened = await this.#openFor(asked.adapter, signal);
      const session = new Session(files, journals);
      opened.session = session;
      const stop = (/** @type {Page} */ page) =>
        page.evaluate((address) => globalThis.frankenscopeHeadless.cancel(address), `.${session.path}`);
      const answer = await opened.use(
        async (page) => {
          signal.throwIfAborted();
          const all = command.names === undefined ? inputs : await withNamed(page, command.names, inputs);
          const request = { command: name, flags, inputs: all, session: `.${session.path}`, outName, again };
          return askPage(page, request);
        },
        { signal, stop },
      );
      if (!answer.ok) throw new PageError(answer.error);
      await files?.commit();
      const { result, spent } = answer;
      const written = () => {
        try {
          journals.removeAll(spent);
        } catch (error) {
          // The result is written: what is left of its journal is in nobody's way.
          said(`its journal could not be removed: ${/** @type {Error} */ (error).message}`);
        }
      };
      return { result, out: files ? null : asked.out, written, wrong: command.wrong?.(result) ?? null };
    } finally {
      if (this.#opened) this.#opened.session = null;
      await files?.discard();
    }
  }

  /**
   * @param {string} asked the adapter
   * @param {AbortSignal} signal
   */
  async #openFor(asked, signal) {
    const adapter = adapterOf(asked);
    if (this.#opened && (this.#opened.isGone || adapter !== this.#adapter)) await this.close();
    this.#adapter = adapter;
    this.#opened ??= await OpenPage.open({
      ...{ path: 'headless.html', entry: 'frankenscopeHeadless', adapter, signal },
      progress: (line) => this.#progress(line),
    });
    return this.#opened;
  }

  /** Ends the browser, and removes its profile. */
  async close() {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.close();
  }
}
