import { expect, test } from 'vitest';
import { progressLines } from './progress-lines.ts';

test('a line when a phase begins and ends, and one a second between', () => {
  let now = 0;
  const lines: string[] = [];
  const report = progressLines(
    (line) => lines.push(line),
    () => now,
  );
  for (let done = 0; done <= 40; done += 2) {
    report({ phase: 'answering', done, total: 40, unit: 'answers' });
    now += 0.25;
  }
  report({ phase: 'reading deltas', done: 0, total: 12e6, unit: 'bytes' });
  now += 2;
  report({ phase: 'reading deltas', done: 3e6, total: 12e6, unit: 'bytes' });
  expect(lines).toEqual([
    'answering 0 %, 0 of 40 answers',
    'answering 20 %, 8 of 40 answers, 8 answers/s, 4 s left',
    'answering 40 %, 16 of 40 answers, 8 answers/s, 3 s left',
    'answering 60 %, 24 of 40 answers, 8 answers/s, 2 s left',
    'answering 80 %, 32 of 40 answers, 8 answers/s, 1 s left',
    'answering 100 %, 40 of 40 answers, 8 answers/s',
    'reading deltas 0 %, 0 of 12 MB',
    'reading deltas 25 %, 3 of 12 MB, 1.5 MB/s, 6 s left',
  ]);
});
