import { expect, test } from 'vitest';
import { isolate } from './fallback.ts';

test('a page its host isolates is left alone', async () => {
  expect(crossOriginIsolated).toBe(true);
  expect(await isolate()).toBe(false);
  expect(await navigator.serviceWorker.getRegistrations()).toEqual([]);
});
