import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

// The generator is TypeScript that also runs in the page; Node 20 reads none, so Vite bundles it first.
const bundle = mkdtempSync(join(tmpdir(), 'dataset-'));
try {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'cli', 'main.ts'),
      outDir: bundle,
      emptyOutDir: true,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'main.mjs' } },
    },
  });
  const { main } = await import(pathToFileURL(join(bundle, 'main.mjs')).href);
  await main(process.argv.slice(2), join(import.meta.dirname, 'data'));
} catch (error) {
  if (!(error instanceof Error) || error.name !== 'BadFlag') throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(bundle, { recursive: true, force: true });
}
