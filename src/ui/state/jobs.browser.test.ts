import { expect, test } from 'vitest';
import { Jobs } from './jobs.svelte.ts';

const progress = (done: number) => ({ phase: 'writing', done, total: 5, unit: 'bytes' }) as const;

test('what a worker tells after its job has ended brings nothing back, and hides no later job', () => {
  const jobs = new Jobs();
  const report = jobs.track('merge', 'Exporting the merge', () => undefined);
  report(progress(3));
  expect(jobs.list.map(({ detail }) => detail)).toEqual([expect.stringContaining('3')]);
  jobs.end('merge');
  report(progress(3));
  expect(jobs.list).toEqual([]);
  const later = jobs.track('merge', 'Measuring weights', () => undefined);
  report(progress(4));
  expect(jobs.list).toMatchObject([{ title: 'Measuring weights', detail: 'Starting' }]);
  later(progress(5));
  expect(jobs.list).toMatchObject([{ title: 'Measuring weights', share: 1 }]);
});
