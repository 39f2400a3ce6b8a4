import { ensureBuild } from './build.mjs';
import { COMMANDS } from './commands.mjs';
import { describe, readFlags } from './flags.mjs';
import { checkDemos, findInputs } from './inputs.mjs';
import { NamedError } from './named-error.mjs';
import { ensurePackages } from './packages.mjs';
import { checkOut, PageError, runCommand } from './run-command.mjs';

/**
 * `npm run -s headless -- COMMAND FLAGS`: runs the app's own code in a headless Chromium. The page
 * (`headless.html`) defines `frankenscopeHeadless`:
 *
 * - `slot(name)` makes (or finds) the `<input type="file" multiple>` for an input and returns its selector;
 * - `run({command, flags, inputs})` gives `{ok: true, result}` or `{ok: false, error: {name, message, kind}}`,
 *   kind `input`, `interrupted` or `internal`; `inputs` says, per flag, `{name, demo, files: count}`.
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
  const inputs = findInputs(command, flags);
  checkOut(String(out));
  ensurePackages();
  ensureBuild({ quiet: true });
  checkDemos(inputs);

  // Imported late: it needs the packages.
  const { withPage } = await import('./page.mjs');
  const progress = (/** @type {string} */ text) => {
    if (!quiet) console.error(text);
  };
  const page = {
    path: 'headless.html',
    entry: 'frankenscopeHeadless',
    adapter: String(adapter),
    progress,
    signal,
  };
  const answer = await withPage(page, async (page) => {
    for (const [slot, { files }] of Object.entries(inputs)) {
      const selector = await page.evaluate((slot) => globalThis.frankenscopeHeadless.slot(slot), slot);
      await page.setInputFiles(selector, files);
    }
    const described = Object.entries(inputs).map(([slot, { name, demo, files }]) => [
      slot,
      { name, demo, files: files.length },
    ]);
    return page.evaluate((request) => globalThis.frankenscopeHeadless.run(request), {
      command: name,
      flags: Object.fromEntries(Object.entries(flags).filter(([flag]) => !Object.hasOwn(inputs, flag))),
      inputs: Object.fromEntries(described),
    });
  });
  if (!answer.ok) throw new PageError(answer.error);
  return { result: answer.result, out: String(out) };
});
