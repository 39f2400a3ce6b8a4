import { svelte } from '@sveltejs/vite-plugin-svelte';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { findBrowser } from './scripts/browser.mjs';
import { chromiumFlags, runsUnsandboxed } from './scripts/chromium-flags.mjs';
import { ISOLATION_HEADERS } from './scripts/headers.mjs';
import { assemblyscript } from './scripts/vite/assemblyscript.mjs';
import { gzipAsset } from './scripts/vite/gzip-asset.mjs';
import { guide } from './scripts/vite/guide.mjs';
import { moduleHashes } from './scripts/vite/module-hashes.mjs';
import { transformersWithoutRuntime } from './scripts/vite/transformers-without-runtime.mjs';

const executablePath = findBrowser();
const EQUALITY = 'scripts/vite/equal-bytes.ts';
/** On a shared machine, with a software GPU, a test may be repeated once: the summary says which, and how it failed before. */
const RETRY = process.env.CI ? 1 : 0;

/** `*.test.ts` run in Node; `*.browser.test.ts` run in real Chromium (WebGPU on its software adapter). */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [assemblyscript(), moduleHashes()],
        test: {
          name: 'node',
          environment: 'node',
          setupFiles: EQUALITY,
          include: ['src', 'scripts', 'dataset', 'tools'].map((folder) => `${folder}/**/*.test.ts`),
          exclude: ['**/*.browser.test.ts'],
          // For machines with other work: no test takes a tenth of it, and a hung one ends.
          ...{ testTimeout: 240_000, hookTimeout: 240_000 },
          expect: { poll: { timeout: 30_000 } },
          retry: RETRY,
          // Vitest leaves a processor to itself and idles there: of two that is half.
          maxWorkers: '100%',
        },
      },
      {
        plugins: [
          svelte({ configFile: false }),
          guide(),
          transformersWithoutRuntime(),
          gzipAsset(),
          assemblyscript(),
          moduleHashes(),
        ],
        worker: {
          format: 'es',
          plugins: () => [transformersWithoutRuntime(), gzipAsset(), assemblyscript(), moduleHashes()],
        },
        optimizeDeps: {
          include: [
            ...['onnxruntime-web/jspi', 'onnxruntime-web/webgpu', 'onnxruntime-web/wasm'],
            // Comes with the first export, in the middle of a test.
            'hyparquet-writer',
          ],
          exclude: ['@huggingface/transformers'],
        },
        server: { headers: { ...ISOLATION_HEADERS } },
        test: {
          name: 'browser',
          setupFiles: EQUALITY,
          // After the Node tests where both run, for these want all processors for one page.
          sequence: { groupOrder: 1 },
          include: [
            'src/**/*.browser.test.ts',
            'packages/**/*.browser.test.ts',
            'dataset/**/*.browser.test.ts',
          ],
          ...{ testTimeout: 240_000, hookTimeout: 240_000 },
          retry: RETRY,
          // Conditions are waited for, not times: a busy machine takes seconds where an idle one takes none.
          expect: { poll: { timeout: 30_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                // Without one of its own, Playwright says what to install.
                ...(executablePath === undefined ? {} : { executablePath }),
                args: chromiumFlags('software'),
                chromiumSandbox: !runsUnsandboxed(),
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
