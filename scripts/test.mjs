import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBrowser } from './browser.mjs';
import { NamedError } from './named-error.mjs';
import { ensurePackages } from './packages.mjs';
import { ROOT } from './paths.mjs';
import { makeTestFolder } from './profiles.mjs';
import { PHASES, runPhases, summary } from './test-phases.mjs';

/**
 * `npm test [-- --only PHASE,…]`: installs what is missing (packages, a browser) and runs every phase, also
 * after one has failed. The last line is `N passed, N failed`, counted over all runners; a phase that fails
 * without naming a test counts as one failure.
 */
try {
  const phases = chosen();
  ensurePackages();
  if (phases.some(({ browser }) => browser)) process.env.CHROME_PATH = ensureBrowser();
  rmSync(join(ROOT, 'test-results'), { recursive: true, force: true });
  const outcomes = await inTestFolder(() => runPhases(phases));
  console.log(summary(outcomes));
  process.exitCode = outcomes.every(({ failed }) => failed === 0) ? 0 : 1;
} catch (error) {
  if (!(error instanceof NamedError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = error.name === 'UnknownPhase' ? 2 : 1;
}

/**
 * What tests and their browsers put into the temporary folder goes with one folder, also after a kill: the next run removes it.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function inTestFolder(work) {
  const folder = makeTestFolder();
  if (folder === null) return work();
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
  try {
    return await work();
  } finally {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // The next run does it.
    }
  }
}

function chosen() {
  const known = PHASES.map(({ name }) => name).join(', ');
  let only;
  try {
    only = parseArgs({ options: { only: { type: 'string' } } }).values.only;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new NamedError('UnknownPhase', what, '', `use --only with some of ${known}`);
  }
  const names = only?.split(',');
  const unknown = names?.find((name) => !PHASES.some((phase) => phase.name === name));
  if (unknown !== undefined)
    throw new NamedError('UnknownPhase', `"${unknown}" is not a phase`, '--only', `known: ${known}`);
  return PHASES.filter(({ name }) => names?.includes(name) ?? true);
}
