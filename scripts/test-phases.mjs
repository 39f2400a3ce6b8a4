import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './paths.mjs';
import { runWatched } from './watched-run.mjs';

/**
 * One step of `npm test`: a package's own command-line program, run by this Node.
 * @typedef {{
 *   name: string,
 *   program: string,
 *   args: string[],
 *   report?: 'vitest' | 'playwright',
 *   browser?: boolean,
 *   reads?: boolean,
 * }} Phase `program` is a path below node_modules; one that only `reads` the code runs beside others of its kind
 * @typedef {{name: string, passed: number, failed: number, repeated: number, skipped: number, seconds: number,
 *   faults?: readonly string[], again?: readonly string[]}} Outcome `faults`: a line each failed test, and each error that no test
 *   caught; `again`: one each that passed at its second try only
 */

const VITEST = 'vitest/vitest.mjs';

/** @type {readonly Phase[]} */
export const PHASES = [
  { name: 'types', reads: true, program: 'typescript/bin/tsc', args: ['--noEmit'] },
  {
    name: 'svelte',
    reads: true,
    program: 'svelte-check/bin/svelte-check',
    args: ['--fail-on-warnings', '--output', 'human'],
  },
  { name: 'lint', reads: true, program: 'eslint/bin/eslint.js', args: ['--max-warnings', '0', '.'] },
  {
    name: 'rooms',
    reads: true,
    program: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: ['--output-type', 'err-long', 'src', 'workers', 'packages', 'scripts', 'dataset', 'tools'],
  },
  { name: 'patterns', reads: true, program: '../scripts/check-patterns.mjs', args: [] },
  {
    name: 'format',
    reads: true,
    program: 'prettier/bin/prettier.cjs',
    args: ['--check', '--log-level', 'warn', '.'],
  },
  { name: 'node', program: VITEST, args: vitest('node'), report: 'vitest' },
  { name: 'browser', program: VITEST, args: vitest('browser'), report: 'vitest', browser: true },
  { name: 'build', program: 'vite/bin/vite.js', args: ['build', '--logLevel', 'warn'] },
  {
    name: 'e2e',
    program: '@playwright/test/cli.js',
    args: ['test', '--config', 'e2e/playwright.config.ts'],
    report: 'playwright',
    browser: true,
  },
];

/** @param {string} project */
function vitest(project) {
  return ['run', '--project', project, '--reporter=default', '--reporter=./scripts/vite/heard-lines.mjs'];
}

/**
 * What a phase's runner writes of its tests.
 * @param {string} name
 */
const result = (name) => join(ROOT, 'test-results', name);

/**
 * Every phase, whichever fails: first those that only read, as many beside each other as there are processors, each printed
 * whole when it ends; then the others in turn, as they print.
 * @param {readonly Phase[]} phases
 * @param {number} [processors]
 * @returns {Promise<readonly Outcome[]>} in the phases' order, those that read first
 */
export async function runPhases(phases, processors = availableParallelism()) {
  const reading = phases.filter(({ reads }) => reads);
  const others = phases.filter(({ reads }) => !reads);
  const outcomes = reading.map(() => /** @type {Outcome | null} */ (null));
  const queue = reading.entries();
  const lane = async () => {
    for (const [at, phase] of queue) outcomes[at] = await runHeld(phase);
  };
  if (processors > 1 && reading.length > 1) await Promise.all(Array.from({ length: processors }, lane));
  else for (const [at, phase] of queue) outcomes[at] = await runPhase(phase);
  const inTurn = [];
  for (const phase of others) inTurn.push(await runPhase(phase));
  return [...outcomes.filter((outcome) => outcome !== null), ...inTurn];
}

/**
 * Runs a phase and prints what it said when it ends.
 * @param {Phase} phase
 * @returns {Promise<Outcome>}
 */
function runHeld({ name, program, args }) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Buffer[]} */
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(bytes));
    child.on('error', reject);
    child.on('close', (status) => {
      console.log(`\n— ${name}`);
      process.stdout.write(Buffer.concat(said));
      const seconds = (performance.now() - start) / 1000;
      resolve({ name, seconds, passed: 0, failed: status === 0 ? 0 : 1, repeated: 0, skipped: 0 });
    });
  });
}

/**
 * @param {Phase} phase
 * @returns {Promise<Outcome>}
 */
async function runPhase({ name, program, args, report }) {
  console.log(`\n— ${name}`);
  const start = performance.now();
  const script = join(ROOT, 'node_modules', program);
  const [lines, json] = [result(`${name}.jsonl`), result(`${name}.json`)];
  if (report === 'vitest') {
    const command = (/** @type {readonly string[]} */ files) => ({
      ...{ program: process.execPath, args: [script, ...args, ...files], cwd: ROOT },
      env: { ...process.env, HEARD_LINES: lines },
    });
    const outcome = await runWatched(command, lines);
    return { name, seconds: (performance.now() - start) / 1000, ...outcome };
  }
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: json },
  });
  const seconds = (performance.now() - start) / 1000;
  const said = report && existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : null;
  const { faults, again, ...counts } = said
    ? playwrightOutcome(said)
    : { passed: 0, failed: 0, repeated: 0, skipped: 0, faults: [], again: [] };
  // A runner may fail outside any test: a file that does not load, a type error.
  const failed = status === 0 ? counts.failed : Math.max(1, counts.failed);
  return { name, seconds, ...counts, failed, faults, again };
}

/**
 * Tests counted in Playwright's report. `repeated` ones passed at their second try only; failed ones a line each: where, which, and
 * how it says so in its first line; of those in `again` that is the first try's.
 * @param {any} json
 * @returns {{passed: number, failed: number, repeated: number, skipped: number, faults: readonly string[], again: readonly string[]}}
 */
export function playwrightOutcome(json) {
  const { expected, flaky, unexpected, skipped } = json.stats;
  const specs = specsOf(json);
  const told = (/** @type {any} */ { file, title, tests }, /** @type {number} */ tried) => {
    const message = stripVTControlCharacters(tests[0]?.results.at(tried)?.error?.message ?? '');
    return [file, title, message.split('\n')[0]].join(' · ');
  };
  const faults = specs.filter(({ ok }) => !ok).map((spec) => told(spec, -1));
  const again = specs
    .filter(({ tests = [] }) => tests.some((/** @type {any} */ { status }) => status === 'flaky'))
    .map((spec) => told(spec, 0));
  return { passed: expected + flaky, failed: unexpected, repeated: flaky, skipped, faults, again };
}

/**
 * Of a suite and those within it.
 * @param {{specs?: any[], suites?: any[]}} suite
 * @returns {any[]}
 */
function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}

/** What `npm test` leaves out: it needs more than Node and a browser. */
export const LEFT_OUT = 'not run here: cluster/test.sh (Python, Ray)';

/**
 * A line a phase, below it what failed in it, and what passed at its second try only; what is left out; then the line of totals, alone.
 * @param {readonly Outcome[]} outcomes
 */
export function summary(outcomes) {
  const lines = outcomes.flatMap((outcome) => {
    const { name, passed, failed, repeated, skipped, seconds, faults = [], again: twice = [] } = outcome;
    const tests =
      passed + failed + skipped > 0 ? ` · ${passed} passed, ${failed} failed, ${skipped} skipped` : '';
    const again = repeated > 0 ? ` · ${repeated} of them at the second try` : '';
    const line = `${failed === 0 ? 'ok    ' : 'FAILED'} ${name}${tests}${again} · ${seconds.toFixed(1)} s`;
    return [
      line,
      ...faults.map((fault) => `         ${fault}`),
      ...twice.map((one) => `         at the second try: ${one}`),
    ];
  });
  const total = (/** @type {'passed' | 'failed'} */ key) =>
    outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  return ['', ...lines, LEFT_OUT, '', `${total('passed')} passed, ${total('failed')} failed`].join('\n');
}
