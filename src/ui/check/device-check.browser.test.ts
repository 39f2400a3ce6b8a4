import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { boundOf, CASES, type CaseName } from '../../check/case.ts';
import type { checkDevice } from '../../check/device-check.ts';
import type { Rate } from '../../check/measure/rates.ts';
import { reportOf, type CheckedAndSaid } from '../../check/report.ts';
import { cancelled } from '../../work/cancel.ts';
import { browserSurroundings } from '../state/study-surroundings.ts';
import { CAPABILITIES } from '../testing/fake-engine.ts';
import { clearStage, stageApp } from '../testing/stage.ts';

beforeEach(() => page.viewport(390, 844));
afterEach(clearStage);

const rate = (median: number): Rate => ({ median, least: median, most: median, n: 5 });

/** What is found where these cases are wrong. */
function checked(wrong: readonly CaseName[]): CheckedAndSaid {
  const found = CASES.filter((name) => !name.startsWith('f16')).map((name) => ({
    ...{ name, bound: boundOf(name, 'webgpu'), at: 'hidden states after layer 2', problem: null },
    ...(wrong.includes(name) ? { error: 0.71, passed: false } : { error: 0, passed: true }),
  }));
  const seconds = Object.fromEntries(CASES.map((name) => [name, 0.42]));
  const measured = {
    ...{ roundTripSeconds: rate(0.0021), dispatchSeconds: rate(33e-6), uploadBytesPerSecond: rate(2 ** 30) },
    ...{ copyBytesPerSecond: rate(2 ** 31), multiplyPerSecond: rate(1.5e12) },
  };
  return reportOf(
    'webgpu',
    { found, absent: ['f16'], adapter: 'vendor nvidia, architecture ampere', seconds },
    { begun: '2026-01-01T00:00:00.000Z', browser: 'a browser', gpu: null, measured },
  );
}

async function openSheet(check: typeof checkDevice): Promise<void> {
  const { carried: _, ...around } = browserSurroundings();
  await stageApp({}, { ...around, checkDevice: check });
  await userEvent.keyboard('m');
  await expect.element(page.getByRole('heading', { name: 'Does this device compute right?' })).toBeVisible();
}

const press = (name: string) => userEvent.click(page.getByRole('button', { name }));

test('one press checks the device that is preferred, case by case, and says that it is right', async () => {
  let go: (found: CheckedAndSaid) => void = () => undefined;
  await openSheet((_engine, device, { onCase, onMeasuring } = {}) => {
    expect(device).toBe(CAPABILITIES.preferred);
    onCase?.('q4-answer', 9, 12);
    return new Promise((resolve) => {
      go = (found) => {
        onMeasuring?.();
        resolve(found);
      };
    });
  });
  await press('Check this device');
  await expect.element(page.getByText('q4: an answer, 10 of 12')).toBeVisible();
  go(checked([]));
  await expect.element(page.getByText('This device computes right.')).toBeVisible();
  expect(page.getByRole('dialog').getByRole('row').elements()).toHaveLength(1 + 10);
  await expect.element(page.getByText('Not offered by this adapter: f16.')).toBeVisible();
  await expect.element(page.getByText('0.033 ms')).toBeVisible();
  await expect.element(page.getByText('1500 GFLOP/s')).toBeVisible();
  // On a phone nothing of it is wider than the sheet.
  const sheet = document.querySelector('dialog[open]') as HTMLElement;
  expect(sheet.scrollWidth).toBeLessThanOrEqual(sheet.clientWidth);
});

test('what is wrong is said with where it begins and what to choose', async () => {
  await openSheet(() => Promise.resolve(checked(['q4-prompt', 'product'])));
  await press('Check this device');
  await expect
    .element(page.getByText('This device computes wrong: q4: read and products of an update.'))
    .toBeVisible();
  await expect
    .element(page.getByText('q4 is wrong on this adapter: choose one of f32 and q8.'))
    .toBeVisible();
  const cells = page
    .getByRole('row', { name: /^q4: read/ })
    .getByRole('cell')
    .elements();
  expect(cells.map(({ textContent }) => textContent)).toEqual(['wrong', '7.1e-1', '2.0e-3', '0.42 s']);
  await expect.element(page.getByText('hidden states after layer 2').first()).toBeVisible();
});

test('a check can be cancelled, which is no error', async () => {
  await openSheet(
    (_engine, _device, { signal } = {}) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(cancelled()))),
  );
  await press('Check this device');
  await press('Cancel');
  await expect.element(page.getByRole('button', { name: 'Check this device' })).toBeVisible();
  expect(document.querySelector('[role=alert]')).toBeNull();
});
