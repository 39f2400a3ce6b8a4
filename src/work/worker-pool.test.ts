import { expose } from 'comlink';
import { expect, it } from 'vitest';
import { workerPool } from './worker-pool.ts';

it('gives a call to the thread that has the least to do, by their sizes', async () => {
  const asked: string[][] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const spawn = (): Worker => {
    const { port1, port2 } = new MessageChannel();
    const own: string[] = [];
    asked.push(own);
    const work = async (name: string): Promise<void> => {
      own.push(name);
      await finished;
    };
    expose({ work }, port2 as unknown as Parameters<typeof expose>[1]);
    return Object.assign(port1, { terminate: () => port1.close() }) as unknown as Worker;
  };
  const pool = workerPool<{ work(name: string): Promise<void> }>(spawn, 2, { doing: 'waits', remedy: '' });
  const calls = (
    [
      ['large', 10],
      ['middle', 6],
      ['small', 3],
      ['last', 1],
    ] as const
  ).map(([name, size]) => pool.call((service) => service.work(name), undefined, size));
  finish();
  await Promise.all(calls);
  expect(asked).toEqual([['large'], ['middle', 'small', 'last']]);
  // Nothing is left to do: the first of the two is as good.
  await pool.call((service) => service.work('again'));
  expect(asked[0]).toEqual(['large', 'again']);
  pool.dispose();
});
