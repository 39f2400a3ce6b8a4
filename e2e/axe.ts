import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** WCAG 2.2, levels A and AA. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const COLOURS = 'color-contrast';

/**
 * What axe finds wrong, a line for each element. It sees names, roles, contrast of plain text, sizes of targets and what a keyboard
 * reaches; not the order of focus, what is said while work runs, contrast of text in charts' drawings, or whether a name makes sense:
 * those are tested beside it (`looks.e2e.ts`, `keyboard.e2e.ts`).
 *
 * @param rules contrast takes most of its time
 */
export async function violations(
  page: Page,
  rules: 'all' | 'colours' | 'the rest' = 'all',
  within = 'html',
): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page }).include(within);
  if (rules === 'colours') axe.withRules(COLOURS);
  else axe.withTags(LEVELS);
  if (rules === 'the rest') axe.disableRules(COLOURS);
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}
