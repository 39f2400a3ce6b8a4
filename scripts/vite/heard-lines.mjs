import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{name?: string, message?: string, stack?: string, VITEST_TEST_NAME?: string, VITEST_TEST_PATH?: string}} Thrown
 * @typedef {{moduleId: string, errors(): readonly Thrown[], children: {allSuites(): Iterable<{errors(): readonly Thrown[]}>}}} Module
 * @typedef {{fullName: string, module: Module, diagnostic(): {flaky: boolean} | undefined,
 *   result(): {state: 'passed' | 'failed' | 'skipped' | 'pending', errors?: readonly Thrown[]}}} Case
 */

/**
 * What a run of Vitest is heard of, a JSON object a line of a file.
 * @typedef {{files: readonly string[]} | {began: string} | {ended: string, faults: readonly string[]} | {alive: true}
 *   | {stray: readonly string[]}
 *   | {file: string, test: string, state: 'passed' | 'failed' | 'skipped', repeated: boolean, fault: string}} Heard
 */

/**
 * A reporter of Vitest: every step of a run as soon as it is taken, in the file that `HEARD_LINES` names. What did not end is known by
 * what ended; errors that no test caught fail a run, too, and stand in no report of tests.
 */
export default class HeardLines {
  #path = process.env.HEARD_LINES ?? '';

  /** @param {Heard} line */
  #say(line) {
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  /** @param {readonly {moduleId: string}[]} specifications */
  onTestRunStart(specifications) {
    this.#say({ files: specifications.map(({ moduleId }) => place(moduleId)) });
  }

  /** @param {Module} module Not loaded yet: what hangs then has begun. */
  onTestModuleQueued({ moduleId }) {
    this.#say({ began: place(moduleId) });
  }

  onTestCaseReady() {
    this.#say({ alive: true });
  }

  onHookStart() {
    this.#say({ alive: true });
  }

  /** @param {Case} test */
  onTestCaseResult(test) {
    const { state, errors = [] } = test.result();
    this.#say({
      ...{ file: place(test.module.moduleId), test: test.fullName },
      state: state === 'pending' ? 'skipped' : state,
      repeated: test.diagnostic()?.flaky ?? false,
      fault: firstLine(errors[0]?.message),
    });
  }

  /** @param {Module} module */
  onTestModuleEnd(module) {
    const thrown = [
      ...module.errors(),
      ...[...module.children.allSuites()].flatMap((suite) => suite.errors()),
    ];
    this.#say({ ended: place(module.moduleId), faults: thrown.map(({ message }) => firstLine(message)) });
  }

  /**
   * @param {unknown} _modules
   * @param {readonly Thrown[]} errors
   */
  onTestRunEnd(_modules, errors) {
    const stray = errors.map(({ name, message, stack, VITEST_TEST_PATH, VITEST_TEST_NAME }) => {
      const during = [VITEST_TEST_PATH, VITEST_TEST_NAME].filter(Boolean).join(' > ');
      const at =
        stack
          ?.split('\n')
          .find((line) => /^\s*at /.test(line))
          ?.trim() ?? '';
      return ['outside any test', during, `${name ?? 'Error'}: ${message ?? ''}`, at]
        .filter(Boolean)
        .join(' · ');
    });
    this.#say({ stray });
  }
}

/** @param {string} path */
const place = (path) => relative('.', path).replaceAll('\\', '/');

/** @param {string} [text] */
const firstLine = (text) => stripVTControlCharacters(text ?? '').split('\n')[0] ?? '';
