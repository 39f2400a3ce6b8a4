import { describe, expect, it } from 'vitest';
import { Jobs } from './jobs.ts';
import { SerialQueue } from '../work/queue.ts';

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('jobs', () => {
  it('cancel by name, and only that one', async () => {
    const jobs = new Jobs();
    const cancelled = jobs.run('a', untilAborted);
    let other: AbortSignal | undefined;
    const kept = jobs.run('b', async (signal) => {
      other = signal;
      return Promise.resolve(7);
    });
    jobs.cancel('a');
    await expect(cancelled).rejects.toMatchObject({ name: 'Cancelled' });
    expect(await kept).toBe(7);
    expect(other?.aborted).toBe(false);
  });

  it('refuse a name in use and free it whether work ends well or not', async () => {
    const jobs = new Jobs();
    const first = jobs.run('a', untilAborted);
    await expect(jobs.run('a', () => Promise.resolve())).rejects.toMatchObject({ name: 'JobRunning' });
    jobs.cancel('a');
    await expect(first).rejects.toThrow();
    await expect(jobs.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await jobs.run('a', () => Promise.resolve(1))).toBe(1);
  });

  it('do not mind a cancel for work that is over or never was', async () => {
    const jobs = new Jobs();
    jobs.cancel('nothing');
    await jobs.run('a', () => Promise.resolve());
    jobs.cancel('a');
    expect(await jobs.run('a', (signal) => Promise.resolve(signal.aborted))).toBe(false);
  });
});

describe('the queue', () => {
  it('runs one task at a time, in order, past failures', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const task =
      (name: string, wait: number, fails = false) =>
      async (): Promise<string> => {
        log.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, wait));
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      queue.add(task('slow', 20)),
      queue.add(task('failing', 5, true)),
      queue.add(task('quick', 0)),
    ]);
    const order = ['slow', 'failing', 'quick'].flatMap((name) => [`${name} begins`, `${name} ends`]);
    expect(log).toEqual(order);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
