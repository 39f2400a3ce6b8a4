import { basename, dirname, resolve } from 'node:path';
import { askPage } from './ask-page.mjs';
import { ensureBuild } from './build.mjs';
import { COMMANDS } from './commands.mjs';
import { describe, readFlags } from './flags.mjs';
import { findDemos, findInputs } from './inputs.mjs';
import { JournalFiles } from './journal-files.mjs';
import { NamedError } from './named-error.mjs';
import { withNamed } from './named-inputs.mjs';
import { ensurePackages } from './packages.mjs';
import { PartialFiles } from './partial-files.mjs';
import { checkOut, PageError, runCommand } from './run-command.mjs';
import { Session } from './session.mjs';
import { shardOf } from './shard.mjs';

/**
 * `npm run -s headless -- COMMAND FLAGS`: runs the app's own code in a headless Chromium. The page
 * (`headless.html`) defines `frankenscopeHeadless` (`page-api.d.ts`), which gets the flags, and the files in file
 * inputs: the browser reads them where they lie. It writes through a `Session`.
 */
await runCommand(async (signal) => {
  const [name = '--help', ...words] = process.argv.slice(2);
  if (name === '--help' || name === 'help')
    return Object.entries(COMMANDS)
      .map(([command, { help }]) => `  ${command}  ${help}`)
      .join('\n');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    throw new NamedError(
      'UnknownCommand',
      `"${name}" is not a command`,
      '',
      `known: ${Object.keys(COMMANDS).join(' ')}`,
    );
  if (words.includes('--help')) return describe(name, command);
  const { out, quiet, adapter, ...flags } = readFlags(command, words);
  if (typeof flags.shard === 'string') flags.shard = shardOf(flags.shard);
  const writes = flags.shard === undefined ? command.writes : 'folder';
  const handed = findInputs(command, flags);
  const streamed = command.streams !== undefined && Object.hasOwn(flags, command.streams);
  checkOut(String(out), streamed ? 'file' : writes);
  ensurePackages();
  ensureBuild({ quiet: true });
  const inputs = findDemos(handed);

  // Imported late: it needs the packages.
  const { withPage } = await import('./page.mjs');
  const progress = (/** @type {string} */ text) => {
    if (!quiet) console.error(text);
  };
  const place = resolve(String(out));
  const files = streamed || writes !== 'json' ? new PartialFiles(streamed ? dirname(place) : place) : null;
  const journals = new JournalFiles();
  const session = new Session(files, journals);
  const page = {
    path: 'headless.html',
    entry: 'frankenscopeHeadless',
    adapter: String(adapter),
    progress,
    signal,
    session,
    stop: (/** @type {import('playwright-core').Page} */ page) =>
      page.evaluate(() => globalThis.frankenscopeHeadless.cancel()),
  };
  try {
    const again = ['npm run -s headless --', name, ...words.map(quoted)].join(' ');
    const outName = streamed ? basename(place) : null;
    const answer = await withPage(page, async (page) => {
      const all = command.names === undefined ? inputs : await withNamed(page, command.names, inputs);
      const request = { command: name, flags, inputs: all, session: `.${session.path}`, outName, again };
      return askPage(page, request);
    });
    if (!answer.ok) throw new PageError(answer.error);
    await files?.commit();
    const { result, spent } = answer;
    const written = () => {
      try {
        journals.removeAll(spent);
      } catch (error) {
        // The result is written: what is left of its journal is in nobody's way.
        progress(`its journal could not be removed: ${/** @type {Error} */ (error).message}`);
      }
    };
    return { result, out: files ? null : String(out), written, wrong: command.wrong?.(result) ?? null };
  } finally {
    await files?.discard();
  }
});

/**
 * A word as a shell takes it.
 * @param {string} word
 */
function quoted(word) {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
