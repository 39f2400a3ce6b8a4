import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * @typedef {import('./vite/heard-lines.mjs').Heard} Heard
 * @typedef {{program: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string, stdout?: 'inherit' | 'ignore'}} Command
 * @typedef {{silence: number, killAfter: number}} Limits in ms
 */

/**
 * How long nothing may be heard of a run. Each test and each hook may take 240 s, and a test may be repeated once without a word:
 * whoever is silent for longer is out of reach of Vitest's own limits, which are counted within the page that hangs.
 */
const LIMITS = { silence: 600_000, killAfter: 10_000 };
const MOST_PASSES = 4;

/**
 * Runs Vitest until each file has ended. One that hangs is ended with all its processes; the files behind it are run by another
 * process, and it once more after them: a page that hangs costs time and no more.
 * @param {(files: readonly string[]) => Command} command of these files, or of all where there are none
 * @param {string} path where its reporter writes lines
 * @param {Limits} [limits]
 * @returns {Promise<{passed: number, failed: number, repeated: number, skipped: number, faults: readonly string[],
 *   again: readonly string[]}>} `failed` is at least 1 where the run failed outside of any test; `faults`, and what passed at its second
 *   try only: a line each
 */
export async function runWatched(command, path, limits = LIMITS) {
  const sum = { passed: 0, failed: 0, repeated: 0, skipped: 0 };
  /** @type {string[]} */
  const faults = [];
  /** @type {string[]} */
  const again = [];
  /** @type {Set<string>} */
  const hungOnce = new Set();
  /** @type {string[]} */
  let waiting = [];
  /** @type {readonly string[] | null} */
  let asked = [];
  for (let passes = 0; asked && passes < MOST_PASSES; passes++) {
    const { status, silent, bytes } = await pass(command(asked), path, limits);
    const heard = linesOf(path, bytes);
    const { files, began, ended } = placesOf(heard);
    const left = files.filter((file) => !ended.has(file));
    const hung = silent ? left.filter((file) => began.has(file)) : [];
    const behind = silent ? left.filter((file) => !began.has(file)) : [];
    const tests = heard.filter((line) => 'test' in line).filter(({ file }) => !hung.includes(file));
    for (const { file, test, state, repeated, fault } of tests) {
      sum[state]++;
      if (state === 'passed' && (repeated || hungOnce.has(file))) {
        sum.repeated++;
        again.push([file, test, fault].filter(Boolean).join(' · '));
      }
      if (state === 'failed') faults.push(`${file} · ${test} · ${fault}`);
    }
    const others = heard.flatMap((line) => {
      if ('ended' in line) return line.faults.map((fault) => `${line.ended} · ${fault}`);
      return 'stray' in line ? line.stray : [];
    });
    faults.push(...others);
    if (!silent) {
      faults.push(...left.map((file) => `${file} · did not end`));
      if (status !== 0) sum.failed = Math.max(1, sum.failed);
    }
    for (const file of hung) {
      const what = `nothing was heard for ${limits.silence / 1000} s`;
      console.log(`\n${file}: ${what}`);
      if (hungOnce.has(file)) faults.push(`${file} · hung, twice: ${what}`);
      else waiting.push(file);
      hungOnce.add(file);
    }
    if (behind.length > 0) asked = behind;
    else if (silent && files.length === 0) asked = [];
    else {
      asked = waiting.length > 0 ? waiting : null;
      waiting = [];
    }
  }
  if (asked) faults.push(`not run: ${asked.length === 0 ? 'all files' : asked.join(', ')}`);
  if (faults.length > 0) sum.failed = Math.max(1, sum.failed);
  return { ...sum, faults, again };
}

/**
 * @param {Command} command
 * @param {string} path
 * @param {Limits} limits
 * @returns {Promise<{status: number | null, silent: boolean, bytes: number}>} bytes: of what was heard before it was ended. What a
 *   runner says of tests whose processes end under it is no fault of theirs
 */
function pass({ program, args, env, cwd, stdout = 'inherit' }, path, { silence, killAfter }) {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  // A group of its own where there are such, so that nothing of it outlives it.
  const grouped = process.platform !== 'win32';
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', stdout, stdout],
    detached: grouped,
  });
  /** @param {NodeJS.Signals} signal */
  const kill = (signal) => {
    try {
      if (grouped && child.pid !== undefined) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // It has ended.
    }
  };
  const began = Date.now();
  let [silent, bytes] = [false, Infinity];
  const watch = setInterval(
    () => {
      const last = existsSync(path) ? statSync(path).mtimeMs : began;
      if (silent || Date.now() - Math.max(last, began) < silence) return;
      silent = true;
      bytes = existsSync(path) ? statSync(path).size : 0;
      kill('SIGTERM');
      setTimeout(kill, killAfter, 'SIGKILL').unref();
    },
    Math.min(1000, silence / 4),
  );
  /** @type {readonly NodeJS.Signals[]} */
  const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    kill(signal);
    process.exit(1);
  };
  for (const signal of passedOn) process.on(signal, stop);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      clearInterval(watch);
      for (const signal of passedOn) process.off(signal, stop);
      if (silent) kill('SIGKILL');
      resolve({ status, silent, bytes });
    });
  });
}

/**
 * @param {string} path
 * @param {number} bytes of it, at most
 * @returns {readonly Heard[]}
 */
function linesOf(path, bytes) {
  if (!existsSync(path)) return [];
  // One that was cut off by a kill is none.
  const whole = readFileSync(path).subarray(0, bytes).toString().split('\n').slice(0, -1);
  return whole.map((line) => JSON.parse(line));
}

/** @param {readonly Heard[]} heard */
function placesOf(heard) {
  /** @type {Set<string>} */
  const began = new Set();
  /** @type {Set<string>} */
  const ended = new Set();
  for (const line of heard) {
    if ('began' in line) began.add(line.began);
    if ('ended' in line) ended.add(line.ended);
  }
  return { files: heard.flatMap((line) => ('files' in line ? line.files : [])), began, ended };
}
