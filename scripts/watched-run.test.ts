import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { ROOT } from './paths.mjs';
import { runWatched, type Command } from './watched-run.mjs';

const folder = mkdtempSync(join(tmpdir(), 'watched-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
const lines = join(folder, 'results', 'heard.jsonl');

/** A folder of test files; the larger one runs first, one at a time. */
function project(files: Readonly<Record<string, string>>): (asked: readonly string[]) => Command {
  const root = mkdtempSync(join(folder, 'project-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  writeFileSync(
    join(root, 'vitest.config.mjs'),
    `export default { test: { globals: true, retry: 1, maxWorkers: 1, cache: false } };`,
  );
  const reporters = ['--reporter=dot', `--reporter=${join(ROOT, 'scripts/vite/heard-lines.mjs')}`];
  return (asked) => ({
    program: process.execPath,
    args: [vitest, 'run', ...reporters, ...asked],
    env: { ...process.env, HEARD_LINES: lines, NO_COLOR: '1' },
    ...{ cwd: root, stdout: 'ignore' as const },
  });
}

test('tests are counted and faults named, also those outside of any test', async () => {
  const command = project({
    'one.test.js': `let tries = 0;
      test('adds', () => expect(1 + 1).toBe(2));
      test('at the second try', () => expect(++tries).toBe(2));
      test.skip('later', () => undefined);
      test('takes away', () => expect(2 - 1).toBe(2));`,
    'broken.test.js': `import './absent.js';`,
    'hook.test.js': `beforeAll(() => { throw new Error('no ground'); }); test('stands', () => undefined);`,
    'stray.test.js': `test('leaves', () => void Promise.reject(new Error('uncaught')));`,
  });
  const outcome = await runWatched(command, lines);
  expect(outcome).toMatchObject({ passed: 3, failed: 1, repeated: 1, skipped: 2 });
  expect(outcome.again).toEqual([
    'one.test.js · at the second try · expected 1 to be 2 // Object.is equality',
  ]);
  const said = outcome.faults.join('\n');
  expect(said).toContain('one.test.js · takes away · expected 1 to be 2');
  expect(said).toMatch(/^broken\.test\.js · .*absent/m);
  expect(said).toMatch(/^hook\.test\.js · no ground$/m);
  expect(said).toMatch(/^outside any test · .*Error: uncaught/m);
});

test('a file that hangs is ended, those behind it run, and it once more', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const hang = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
  const marker = JSON.stringify(join(folder, 'marker'));
  const command = project({
    'first.test.js': `${'//'.padEnd(4000, '-')}\ntest('first', () => undefined);`,
    'once.test.js': `${'//'.padEnd(3000, '-')}
      import { existsSync, writeFileSync } from 'node:fs';
      test('before', () => undefined);
      test('once', () => { if (!existsSync(${marker})) { writeFileSync(${marker}, ''); ${hang} } });`,
    'last.test.js': `test('last', () => undefined);`,
  });
  // Vitest itself is silent while it starts, on a busy machine for seconds.
  const outcome = await runWatched(command, lines, { silence: 10_000, killAfter: 200 });
  expect(outcome).toEqual({
    // Those of the second try are counted once, as such.
    ...{ passed: 4, failed: 0, repeated: 2, skipped: 0 },
    ...{ faults: [], again: ['once.test.js · before', 'once.test.js · once'] },
  });
  expect(said.mock.calls.flat().join('\n')).toContain('once.test.js: nothing was heard for 10 s');
  said.mockRestore();
});

test('what hangs twice has failed, and what its runner says after its silence counts for nothing', async () => {
  const told = [{ files: ['hangs.test.js'] }, { began: 'hangs.test.js' }];
  const late = [{ ended: 'hangs.test.js', faults: ['a worker ended'] }, { stray: ['a worker ended'] }];
  const script = `const { appendFileSync } = require('node:fs');
    const say = (lines) => lines.forEach((line) => appendFileSync(process.env.HEARD_LINES, JSON.stringify(line) + '\\n'));
    process.on('SIGTERM', () => { say(${JSON.stringify(late)}); process.exit(1); });
    say(${JSON.stringify(told)});
    setInterval(() => undefined, 1000);`;
  const quiet = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const runner = () => ({
    ...{ program: process.execPath, args: ['-e', script], cwd: folder, stdout: 'ignore' as const },
    env: { ...process.env, HEARD_LINES: lines },
  });
  const outcome = await runWatched(runner, lines, { silence: 3000, killAfter: 10_000 });
  quiet.mockRestore();
  expect(outcome.faults).toEqual(['hangs.test.js · hung, twice: nothing was heard for 3 s']);
});

test('a runner that ends early leaves no file untold', async () => {
  const command = project({ 'gone.test.js': `test('gone', () => process.kill(process.ppid, 'SIGKILL'));` });
  const outcome = await runWatched(command, lines);
  expect(outcome.failed).toBe(1);
  expect(outcome.faults).toEqual(['gone.test.js · did not end']);
});
