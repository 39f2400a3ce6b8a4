import { expect, test } from 'vitest';
import { loadingLines } from './loading-lines.ts';

const TOTAL = 16e9;

/** Times, in seconds, and lines of a load at a constant rate, reported ten times a second. */
function loaded(bytesPerSecond: number): readonly { readonly at: number; readonly line: string }[] {
  let at = 0;
  const lines: { at: number; line: string }[] = [];
  const report = loadingLines(
    (line) => lines.push({ at, line }),
    () => at,
  );
  const step = bytesPerSecond / 10;
  for (let bytesDone = 0; bytesDone <= TOTAL; bytesDone += step, at += 0.1)
    report({
      ...{ phase: 'reading', bytesDone, bytesTotal: TOTAL, bytesPerSecond },
      etaSeconds: (TOTAL - bytesDone) / bytesPerSecond,
    });
  return lines;
}

test('16 GB: a line for each percent', () => {
  const lines = loaded(1e9);
  expect(lines).toHaveLength(101);
  expect(lines[1]?.line).toBe('loading 1 % at 1000 MB/s, 16 s left');
  expect(lines.at(-1)?.line).toBe('loading 100 % at 1000 MB/s, 0 s left');
});

test('where a percent takes minutes, no more than one passes without a line', () => {
  const lines = loaded(1e6);
  const silences = lines.slice(1).map(({ at }, index) => at - (lines[index]?.at ?? 0));
  expect(lines.length).toBeGreaterThan(200);
  expect(Math.max(...silences)).toBeLessThan(60.2);
});
