import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type PluginOption } from 'vite';
import { assemblyscript } from './scripts/vite/assemblyscript.mjs';
import { carriedFinding } from './scripts/vite/carried-finding.mjs';
import { dataSets } from './scripts/vite/data-sets.mjs';
import { firstGlyphs } from './scripts/vite/first-glyphs.mjs';
import { guide } from './scripts/vite/guide.mjs';
import { gzipAsset } from './scripts/vite/gzip-asset.mjs';
import { licences } from './scripts/vite/licences.mjs';
import { moduleHashes } from './scripts/vite/module-hashes.mjs';
import { noCdnAddresses } from './scripts/vite/no-cdn-addresses.mjs';
import { security } from './scripts/vite/security.mjs';
import { serviceWorker } from './scripts/vite/service-worker.mjs';
import { transformersWithoutRuntime } from './scripts/vite/transformers-without-runtime.mjs';

/** What both pages and workers are built with. */
const shared = (): PluginOption[] => [
  transformersWithoutRuntime(),
  noCdnAddresses(),
  gzipAsset(),
  assemblyscript(),
  moduleHashes(),
];

export default defineConfig({
  // Relative addresses: the built folder works on any host, in any subfolder.
  base: './',
  plugins: [
    svelte({ configFile: false }),
    guide(),
    security(),
    dataSets(),
    carriedFinding(),
    firstGlyphs(),
    licences({ emit: true }),
    ...shared(),
    serviceWorker(),
  ],
  worker: { format: 'es', plugins: () => [...shared(), licences({ emit: false })] },
  optimizeDeps: {
    include: ['onnxruntime-web/jspi', 'onnxruntime-web/webgpu', 'onnxruntime-web/wasm'],
    // Pre-bundling would pass our plugin by and bundle a second onnxruntime-web.
    exclude: ['@huggingface/transformers'],
  },
  build: {
    target: 'es2023',
    // The content policy has no data: for fonts and scripts.
    assetsInlineLimit: 0,
    // WASM files are megabytes, on purpose.
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'server.html', 'connected.html', 'headless.html', 'bench.html', 'embed.html'],
    },
  },
});
