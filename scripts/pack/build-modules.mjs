import { join } from 'node:path';
import { build } from 'vite';
import { ROOT } from '../paths.mjs';
import { assemblyscript } from '../vite/assemblyscript.mjs';
import { licences } from '../vite/licences.mjs';
import { moduleHashes } from '../vite/module-hashes.mjs';
import { noCdnAddresses } from '../vite/no-cdn-addresses.mjs';
import { transformersWithoutRuntime } from '../vite/transformers-without-runtime.mjs';
import { plainAddresses } from './plain-addresses.mjs';

/**
 * Builds ES modules that another bundler takes: entries and workers side by side, what they share in modules beside them, and all
 * packages within but those that are external. `licences.txt` has the texts of the packages within.
 *
 * @param {Record<string, string>} entries module by name, from the root
 * @param {Record<string, string>} workers the same; `NAME-worker.js` is what is started where sources start a worker NAME
 * @param {{outDir: string, external: readonly string[]}} options external: packages that stay dependencies
 */
export async function buildModules(entries, workers, { outDir, external }) {
  const named = Object.entries(workers).map(([name, path]) => [`${name}-worker`, path]);
  const inputs = [...Object.entries(entries), ...named].map(([name, path = '']) => [name, join(ROOT, path)]);
  const isExternal = (/** @type {string} */ id, /** @type {string | undefined} */ importer) =>
    external.some((name) => id === name || id.startsWith(`${name}/`)) &&
    // Addresses of files are ours to write; what is left of a package within is built with it.
    !id.includes('?') &&
    !importer?.includes('/node_modules/');
  await build({
    ...{ configFile: false, root: ROOT, publicDir: false, logLevel: 'warn' },
    plugins: [
      plainAddresses(),
      transformersWithoutRuntime(),
      noCdnAddresses(),
      assemblyscript(),
      moduleHashes(),
      licences({ emit: true }),
    ],
    build: {
      ...{ outDir, emptyOutDir: false, target: 'es2023', minify: false },
      lib: { entry: Object.fromEntries(inputs), formats: ['es'] },
      rolldownOptions: {
        ...{ external: isExternal, output: { chunkFileNames: '[name].js' } },
        // How long our plugins take is no news for who packs.
        checks: { bundlerTimings: false },
      },
    },
  });
}
