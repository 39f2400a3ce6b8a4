import { expect, test } from 'vitest';
import { Yielder } from './turns.ts';

/** Work as the CPU build does it: the thread is busy, and the promise resolves at once. */
async function busy(ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return Promise.resolve();
}

test('a message sent before the work is heard long before its end', async () => {
  const yielder = new Yielder();
  const { port1, port2 } = new MessageChannel();
  let cancelled = false;
  port1.onmessage = () => {
    cancelled = true;
    port1.close();
  };
  port2.postMessage('cancel');
  let pieces = 0;
  while (!cancelled && pieces < 100) {
    await busy(5);
    await yielder.pause();
    pieces++;
  }
  expect(pieces).toBeLessThan(10);
});
