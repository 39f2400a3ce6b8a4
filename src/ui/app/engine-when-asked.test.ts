import { expect, test, vi } from 'vitest';
import type { EngineApi } from '../../engine/protocol.ts';
import { engineWhenAsked } from './engine-when-asked.ts';

test('it begins with the first call, once, and calls have the engine itself', async () => {
  class Engine {
    #asked = 0;
    storedWeights(): Promise<unknown> {
      this.#asked += 1;
      return Promise.resolve(this.#asked);
    }
  }
  const connect = vi.fn(() => new Engine() as unknown as EngineApi);
  const engine = engineWhenAsked(connect);
  expect(connect).not.toHaveBeenCalled();
  expect(await engine.storedWeights()).toBe(1);
  expect(await engine.storedWeights()).toBe(2);
  expect(connect).toHaveBeenCalledOnce();
});
