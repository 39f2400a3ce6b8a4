import { expect, it } from 'vitest';
import type { Ask } from '../evaluation/answers/ask.ts';
import { Journals } from '../study/journal/journals.ts';
import { MemoryStorage } from '../study/journal/memory-storage.ts';
import { runJournalled } from '../study/run-journalled.ts';
import type { CommandContext } from './context.ts';
import { gpuMemory } from './gpu-memory.ts';

const journals = new Journals(new MemoryStorage());

const journalled: CommandContext['journalled'] = (identity, total, work) =>
  runJournalled(journals, identity, total, work);

/** A machine whose buffers took `peak` bytes at most; none where it has no GPU. */
function context(peak: number | null): CommandContext {
  return {
    engine: {
      bufferBytes: () => Promise.resolve(peak === null ? null : { live: 0, peak }),
      estimate: (_id: string, _options: object, rows: number, tokens: number) =>
        Promise.resolve({ kvCacheBytes: rows * tokens, activationBytes: 5 }),
    },
    journalled,
  } as unknown as CommandContext;
}

function run(keys: readonly string[], generated: number) {
  const asks = keys.map((key) => ({ key, variant: { fingerprint: 'IN' } }) as Ask);
  const model = { loaded: { id: 'in', device: 'webgpu', dtype: 'f32', weightBytes: 1000 } };
  const answers = new Map(keys.map((key) => [key, { text: '', stop: 'end' as const, promptTokens: 30 }]));
  return {
    loaded: { IN: model as never },
    asks,
    answers,
    settings: { maxNewTokens: 10 } as never,
    generated,
  };
}

it('measures the run that generates, and says the same of one that is served from the cache', async () => {
  const first = await gpuMemory(context(1234), run(['a', 'b'], 2));
  expect(first).toEqual({
    ...{ peakBytes: 1234, estimateBytes: 1000 + 2 * 40 + 5 },
    ...{ weightBytes: 1000, kvCacheBytes: 80, activationBytes: 5, rows: 2, tokens: 40 },
  });
  expect(await gpuMemory(context(1000), run(['a', 'b'], 0))).toEqual(first);
  // Answers of other runs put together: none of them is this run's memory.
  expect(await gpuMemory(context(1000), run(['a'], 0))).toBeNull();
  expect(await gpuMemory(context(2000), run(['a', 'b'], 1))).toMatchObject({ peakBytes: 2000 });
  expect(await gpuMemory(context(null), run(['a', 'b'], 2))).toBeNull();
});
