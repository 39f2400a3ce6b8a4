import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from './commands.mjs';
import { ROOT } from './paths.mjs';

const MODULE = pathToFileURL(join(ROOT, 'scripts', 'run-command.mjs')).href;

/** Runs a command that answers this. */
function answering(answer: object): { status: number | null; stdout: string; stderr: string } {
  const code = `const { runCommand } = await import(${JSON.stringify(MODULE)});
await runCommand(async () => (${JSON.stringify({ out: '-', ...answer })}));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
}

test('a result that finds something wrong is written all the same, told in a line, and ends with exit code 4', () => {
  const wrong = 'DeviceComputesWrong: this one.';
  expect(answering({ result: { a: 1 }, wrong })).toMatchObject({
    ...{ status: 4, stdout: '{"a":1}\n', stderr: `${wrong}\n` },
  });
  expect(answering({ result: { a: 1 }, wrong: null })).toMatchObject({ status: 0, stderr: '' });
});

test('check finds wrong what its result says', () => {
  const wrong = COMMANDS['check']?.wrong;
  expect(wrong?.({ computesRight: true, sentence: 'Right.', advice: [] })).toBeNull();
  expect(
    wrong?.({ computesRight: false, sentence: 'This device computes wrong: q4.', advice: ['Choose f32.'] }),
  ).toBe('DeviceComputesWrong: This device computes wrong: q4. Choose f32.');
});
