import { expect, it } from 'vitest';
import type { Ask } from '../evaluation/answers/ask.ts';
import type { CommandContext } from './context.ts';
import { gpuMemory } from './gpu-memory.ts';

/** A machine whose buffers took `peak` bytes at most; none where it has no GPU. */
function context(peak: number | null): CommandContext {
  return {
    engine: {
      bufferBytes: () => Promise.resolve(peak === null ? null : { live: 0, peak }),
      estimate: (_id: string, _options: object, rows: number, tokens: number) =>
        Promise.resolve({ kvCacheBytes: rows * tokens, activationBytes: 5 }),
    },
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

it('measures a run that generates, and tells nothing of one that is served from the cache, or runs on no GPU', async () => {
  expect(await gpuMemory(context(1234), run(['a', 'b'], 2))).toEqual({
    ...{ peakBytes: 1234, estimateBytes: 1000 + 2 * 40 + 5 },
    ...{ weightBytes: 1000, kvCacheBytes: 80, activationBytes: 5, rows: 2, tokens: 40 },
  });
  // Some of its answers were there: what it took is still its own.
  expect(await gpuMemory(context(2000), run(['a', 'b'], 1))).toMatchObject({ peakBytes: 2000 });
  expect(await gpuMemory(context(1000), run(['a', 'b'], 0))).toBeNull();
  expect(await gpuMemory(context(null), run(['a', 'b'], 2))).toBeNull();
});
