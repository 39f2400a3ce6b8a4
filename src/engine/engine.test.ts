import { readFile } from 'node:fs/promises';
import { ort } from './testing/one-thread-ort.ts';
import { WasmBackend } from './backend/wasm.ts';
import { Engine } from './engine.ts';
import { describeGoldens } from './testing/golden-suite.ts';
import { GOLDEN_CHECKPOINTS } from './testing/goldens.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const DATA = new URL('../../tools/goldens/data/', import.meta.url);

describeGoldens({
  device: 'wasm',
  read: async (path) => new Uint8Array(await readFile(new URL(path, DATA))),
  createEngine: (decodeImage) =>
    new Engine({ ...INLINE, decodeImage, createBackend: () => Promise.resolve(new WasmBackend(ort)) }),
  checkpoints: GOLDEN_CHECKPOINTS,
  hiddenBound: 1e-4,
  logitsBound: 1e-3,
});
