import { askedCommand, commandCalled } from './asked-command.mjs';
import { ensureBuild } from './build.mjs';
import { enterCallersFolder } from './callers-folder.mjs';
import { COMMANDS, WORKER } from './commands.mjs';
import { describe, readFlags } from './flags.mjs';
import { JournalFiles } from './journal-files.mjs';
import { ensurePackages } from './packages.mjs';
import { runCommand } from './run-command.mjs';

/** All that a shell can ask for. */
const ALL = { ...COMMANDS, worker: WORKER };

enterCallersFolder('headless');

/**
 * `npm run -s headless -- COMMAND FLAGS`: runs the app's own code in a headless Chromium. `worker` runs command after command in
 * one browser.
 */
await runCommand(async (signal) => {
  const [name = '--help', ...words] = process.argv.slice(2);
  if (name === '--help' || name === 'help')
    return Object.entries(ALL)
      .map(([command, { help }]) => `  ${command}  ${help}`)
      .join('\n');
  const isWorker = name === 'worker';
  if (words.includes('--help'))
    return describe(name, isWorker ? WORKER : commandCalled(name, Object.keys(ALL)));
  const asked = isWorker ? null : askedCommand(name, words, Object.keys(ALL));
  if (!asked) readFlags(WORKER, words);
  ensurePackages();
  ensureBuild({ quiet: true });

  // Imported late: they need the packages.
  if (!asked) {
    const { serveRequests } = await import('./worker.mjs');
    await serveRequests(signal);
    return { result: null, out: null };
  }
  const { HeadlessPage } = await import('./headless-page.mjs');
  const page = new HeadlessPage();
  const progress = (/** @type {string} */ line) => console.error(line);
  try {
    return await page.run(asked, { signal, progress, journals: new JournalFiles() });
  } finally {
    await page.close();
  }
});
