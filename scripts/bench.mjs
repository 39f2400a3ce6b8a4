import { ensureBuild } from './build.mjs';
import { enterCallersFolder } from './callers-folder.mjs';
import { BENCH } from './commands.mjs';
import { describe, readFlags } from './flags.mjs';
import { ensurePackages } from './packages.mjs';
import { checkOut, runCommand } from './run-command.mjs';
import { torchSvdvals } from './torch-svdvals.mjs';
import { dropCached } from './uncached.mjs';

enterCallersFolder('bench');

/**
 * `npm run -s bench -- FLAGS`: the page `bench.html` defines `frankenscopeBench.run(flags)`, which resolves to
 * the JSON this prints.
 */
await runCommand(async (signal) => {
  const words = process.argv.slice(2);
  if (words.includes('--help')) return describe('bench', BENCH);
  const { out, quiet, adapter, ...flags } = readFlags(BENCH, words);
  checkOut(String(out));
  ensurePackages();
  ensureBuild({ quiet: true });

  // Imported late: it needs the packages.
  const { withPage } = await import('./page.mjs');
  const progress = (/** @type {string} */ text) => {
    if (!quiet) console.error(text);
  };
  const page = { path: 'bench.html', entry: 'frankenscopeBench', adapter: String(adapter), progress, signal };
  const result = await withPage(page, async (page, profile) => {
    await page.exposeFunction('frankenscopeDropCached', () => dropCached(profile));
    return page.evaluate((options) => globalThis.frankenscopeBench.run(options), flags);
  });
  // After the browser has gone, so that neither disturbs the other.
  if (result !== null && typeof result === 'object' && 'spectra-cpu' in result) {
    const torch = await torchSvdvals();
    const { sizes } = /** @type {{sizes: {seconds: number}[]}} */ (result['spectra-cpu']);
    const ours = sizes.at(-1)?.seconds ?? NaN;
    Object.assign(result, {
      torchSvdvals: 'absent' in torch ? torch : { ...torch, oursOverTorch: ours / torch.secondsOneThread },
    });
  }
  return { result, out: String(out) };
});
