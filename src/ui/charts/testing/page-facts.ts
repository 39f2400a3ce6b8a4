import type { PageFacts } from '../export/figure-facts.ts';

/** What a page says of numbers that were invented. */
export const PAGE_FACTS: PageFacts = {
  ...{ analysis: 'swap', done: 'Token swap', on: 'pairs', method: '§2' },
  checkpoints: [{ name: 'IN', folder: 'demo:in', fingerprint: '0123456789abcdef'.repeat(4) }],
  ...{ seed: null, dtype: 'f32', device: 'wasm: one thread', settings: { samples: 25 } },
  command: 'npm run -s headless -- swap --model demo:in --pairs dataset/data/pairs --samples 25 --out swap',
  remarks: [],
};
