import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compared } from './ratios.mjs';

/** `node tools/earlier-build/compare.mjs "COMMAND FLAGS" …`: README.md beside it. */
const here = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals: commands } = parseArgs({
  allowPositionals: true,
  options: {
    commit: { type: 'string', default: '9a860fd' },
    at: { type: 'string', default: join(tmpdir(), 'earlier-build') },
    times: { type: 'string', default: '5' },
  },
});
const times = Number(values.times);
if (commands.length === 0 || !Number.isInteger(times) || times < 1)
  throw new RangeError('give commands, each one word in quotes, and --times 1 or more');

const there = resolve(values.at);
if (!existsSync(there)) git('worktree', 'add', '--detach', there, values.commit);
const found = git('-C', there, 'rev-parse', 'HEAD');
if (found !== git('rev-parse', `${values.commit}^{commit}`))
  throw new RangeError(`${there} holds ${found}: give another --at, or remove it (git worktree remove)`);
for (const tree of [there, here]) {
  if (!existsSync(join(tree, 'node_modules'))) run(tree, 'npm', ['ci']);
  run(tree, 'npx', ['vite', 'build', '--logLevel', 'error']);
}

for (const command of commands) {
  const turns = [];
  for (let time = 0; time < times; time++) {
    const one = { earlier: seconds(there, command, true), now: seconds(here, command, true) };
    const whole = { earlier: seconds(there, command, false), now: seconds(here, command, false) };
    turns.push({
      earlier: { whole: whole.earlier, one: one.earlier },
      now: { whole: whole.now, one: one.now },
    });
  }
  const { earlier, now, ratios, median, range } = compared(turns);
  const list = (/** @type {readonly number[]} */ numbers, digits = 2) =>
    numbers.map((number) => number.toFixed(digits)).join(' ');
  console.log(command);
  console.log(`  ${values.commit}: ${list(earlier, 1)} s; now: ${list(now, 1)} s`);
  console.log(`  now ÷ ${values.commit}: ${list(ratios)}; median ${list([median])}, range ${list(range)}`);
}

/**
 * Of the command in a tree; of one sample where `one`.
 *
 * @param {string} tree
 * @param {string} command
 * @param {boolean} one
 */
function seconds(tree, command, one) {
  const out = mkdtempSync(join(tmpdir(), 'compared-'));
  const words = command.split(/\s+/).filter((word) => word !== '');
  const at = words.indexOf('--samples');
  if (one && at >= 0) words[at + 1] = '1';
  else if (one) words.push('--samples', '1');
  const begun = performance.now();
  // Answers that another run has left behind would take no time.
  const journals = { FRANKENSCOPE_CACHE: join(out, 'journals') };
  const asked = ['run', '-s', 'headless', '--', ...words, '--quiet', '--out', join(out, 'result')];
  run(tree, 'npm', asked, journals);
  const taken = (performance.now() - begun) / 1000;
  rmSync(out, { recursive: true });
  return taken;
}

/** @param {string[]} words */
function git(...words) {
  return execFileSync('git', words, { cwd: here, encoding: 'utf8' }).trim();
}

/**
 * @param {string} tree
 * @param {string} program
 * @param {string[]} words
 * @param {Readonly<Record<string, string>>} variables of its environment, besides ours
 */
function run(tree, program, words, variables = {}) {
  const env = { ...process.env, ...variables };
  const { status, stderr } = spawnSync(program, words, { cwd: tree, encoding: 'utf8', stdio: 'pipe', env });
  if (status !== 0)
    throw new Error(`${program} ${words.join(' ')} ended with ${status} in ${tree}: ${stderr}`);
}
