/** The check of a device, in the built app: by command on both devices, by one press on the page. */
import { readFileSync } from 'node:fs';
import { violations } from './axe.ts';
import { headless } from './fixtures/headless.ts';
import { expect, test } from './page.ts';

interface Check {
  readonly computesRight: boolean;
  readonly sentence: string;
  readonly device: string;
  readonly absent: readonly string[];
  readonly cases: readonly { readonly name: string; readonly passed: boolean; readonly error: number }[];
  readonly frankenscope: {
    readonly run: {
      readonly adapter: string;
      readonly gpu: { readonly limits: Readonly<Record<string, number>> } | null;
      readonly measured: Readonly<Record<string, { readonly median: number; readonly n: number }>>;
    };
  };
}

for (const { device, adapter, absent } of [
  { device: 'wasm', adapter: /^wasm simd/, absent: [] },
  { device: 'webgpu', adapter: /swiftshader/, absent: ['f16'] },
])
  test(`the command finds that ${device} computes right`, async () => {
    const { code, stdout } = await headless([
      'check',
      '--device',
      device,
      '--adapter',
      'software',
      '--quiet',
    ]);
    const check = JSON.parse(stdout) as Check;
    expect(check).toMatchObject({
      computesRight: true,
      sentence: 'This device computes right.',
      device,
      absent,
    });
    expect(code).toBe(0);
    expect(check.cases).toHaveLength(12 - 2 * absent.length);
    const { run } = check.frankenscope;
    expect(run.adapter).toMatch(adapter);
    expect(run.gpu === null).toBe(device === 'wasm');
    expect(Object.values(run.measured).every(({ median, n }) => median >= 0 && n === 5)).toBe(true);
  });

test('the page says so after one press, in a table that everybody can read, and saves the file', async ({
  page,
}) => {
  await page.goto('');
  await expect(page.getByRole('banner')).toBeVisible();
  await page.keyboard.press('m');
  const sheet = page.getByRole('dialog', { name: 'This machine' });
  await sheet.getByText('WASM', { exact: true }).click();
  await sheet.getByRole('button', { name: 'Check this device' }).click();
  await expect(sheet.getByText('This device computes right.')).toBeVisible();
  await expect(sheet.getByRole('row')).toHaveCount(1 + 12);
  const download = page.waitForEvent('download');
  await sheet.getByRole('button', { name: 'Save as JSON' }).click();
  const saved = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as Check;
  expect(saved).toMatchObject({ computesRight: true, device: 'wasm' });
  expect(await violations(page, 'all', 'dialog[open]')).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await violations(page, 'colours', 'dialog[open]')).toEqual([]);
});
