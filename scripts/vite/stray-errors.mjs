import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A reporter of Vitest: errors that no test caught, which fail the run and stand in no report of tests, as a list of lines in the
 * file that `STRAY_ERRORS_FILE` names.
 */
export default class StrayErrors {
  /**
   * @param {unknown} _modules
   * @param {readonly {name?: string, message?: string, stack?: string, VITEST_TEST_NAME?: string, VITEST_TEST_PATH?: string}[]} errors
   */
  onTestRunEnd(_modules, errors) {
    const path = process.env.STRAY_ERRORS_FILE;
    if (path === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    const lines = errors.map(({ name, message, stack, VITEST_TEST_PATH, VITEST_TEST_NAME }) => {
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
    writeFileSync(path, JSON.stringify(lines));
  }
}
