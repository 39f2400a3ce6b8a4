import { type Page, test as base } from '@playwright/test';

export { expect } from '@playwright/test';

/** Something the page tried that the content policy forbids. */
export interface Violation {
  directive: string;
  blocked: string;
}

interface Fixtures {
  /** What the policy blocked so far. A test that provokes a violation empties this; others fail by it. */
  violations: Violation[];
}

/** Playwright's `test`, failing when the page errs on its own or runs against its content policy. */
export const test = base.extend<Fixtures>({
  violations: [
    async ({ page }, use) => {
      const violations: Violation[] = [];
      const errors: Error[] = [];
      page.on('pageerror', (error) => errors.push(error));
      await page.exposeFunction('reportViolation', (violation: Violation) => violations.push(violation));
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          const { effectiveDirective: directive, blockedURI: blocked } = event;
          void (globalThis as unknown as { reportViolation(v: Violation): void }).reportViolation({
            directive,
            blocked,
          });
        });
      });
      await use(violations);
      base.expect(violations).toEqual([]);
      base.expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

/** As a build without a study of the demo family: every page stands on the studied body until something is opened. */
export async function withoutCarried(page: Page): Promise<void> {
  await page.route(/\/study\/(demo\.frankenscope|finding\.json)$/, (route) => route.abort());
}

/** What of the page, or of an element, is wider than its place. */
export function sideways(page: Page, selector: string): Promise<readonly string[]> {
  return page.evaluate(
    (within) =>
      [document.documentElement, ...document.querySelectorAll(within)]
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => `${box.tagName} ${box.scrollWidth} of ${box.clientWidth}`),
    selector,
  );
}

/** Until half a second has passed without a request. `networkidle` tells of the first such half, after which more may have come. */
export async function noMoreRequests(page: Page): Promise<void> {
  let count = 0;
  const counts = (): void => void (count += 1);
  page.on('request', counts);
  for (let before = -1; before !== count;) {
    before = count;
    await page.waitForTimeout(500);
  }
  page.off('request', counts);
}
