import { afterEach, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { AppState } from '../app/app.svelte.ts';
import type { Embedded } from '../charts/export/embed-address.ts';
import { browserSurroundings } from '../state/study-surroundings.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { clearStage, stage } from '../testing/stage.ts';
import Embed from './Embed.svelte';
import { mountEmbed } from './mount-embed.ts';

afterEach(() => {
  clearStage();
  document.documentElement.removeAttribute('data-theme');
});

const STUDY = '/study/demo.frankenscope';

async function appWith(carried: string | null): Promise<AppState> {
  const file = carried === null ? null : new Uint8Array(await (await fetch(carried)).arrayBuffer());
  return new AppState(new FakeEngine(), { ...browserSurroundings(), carried: () => Promise.resolve(file) });
}

/** What is asked for of the swap of the carried study. */
async function asked(app: AppState, more: Partial<Embedded> = {}): Promise<Embedded> {
  await app.carried.ask();
  const work = app.carried.study?.works.find(({ analysis }) => analysis === 'swap')?.key ?? '';
  return { work, chart: 'Change rate per layer', theme: null, study: null, ...more };
}

test('one chart of the carried study stands alone, with its sentences, n and a way back', async () => {
  const app = await appWith(STUDY);
  const host = stage(Embed, { stores: app, embedded: await asked(app) }, 960);
  await expect.element(page.getByRole('application', { name: 'Change rate per layer' })).toBeVisible();
  expect(page.getByRole('heading').elements()).toHaveLength(1);
  await expect
    .element(page.getByText(/token swap of RL \(demo:rl\) on pairs; n = 25 pairs a point/))
    .toBeVisible();
  (page.getByText('What was found').element() as HTMLElement).click();
  const findings = app.carried.study?.result.analyses.find(({ name }) => name === 'swap')?.findings ?? [];
  const said = [...host.querySelectorAll('details[open] li')].map(({ textContent }) => textContent);
  expect(said).toEqual(findings);
  const back = page.getByRole('link', { name: 'Open in Frankenscope' }).element();
  expect(back.getAttribute('href')).toBe('./#localize?do=swap');
  expect(back.getAttribute('rel')).toBe('noopener');
  // Where it stands, it can be embedded again.
  await page.getByText('Export', { exact: true }).click();
  await page.getByRole('button', { name: 'Embed' }).click();
  await expect
    .element(page.getByRole('dialog', { name: 'Embed this chart' }))
    .toHaveTextContent(
      /<iframe src="[^"]*\/embed\.html\?work=[0-9a-f]{32}&amp;chart=Change\+rate\+per\+layer&amp;theme=dark"/,
    );
});

test('a study that lies on the same host is shown as well, and is not called carried', async () => {
  const app = await appWith(null);
  const carrying = await appWith(STUDY);
  stage(Embed, { stores: app, embedded: await asked(carrying, { study: STUDY }) }, 960);
  await expect.element(page.getByRole('application', { name: 'Change rate per layer' })).toBeVisible();
  await page.getByText('Export', { exact: true }).click();
  expect(page.getByRole('button', { name: 'Embed' }).elements()).toHaveLength(0);
});

test.each([
  [
    'another chart',
    { chart: '<b>Change</b>' },
    /NothingDrawn.*no chart is called "<b>Change<\/b>".*Change rate per layer/is,
  ],
  ['other results', { work: 'x' }, /NothingDrawn.*has no results under "x"/is],
  ['a file of another host', { study: 'https://example.org/a.frankenscope' }, /NotAStudy.*own host/is],
  ['an address that is none', { study: 'https://' }, /NotAStudy.*own host/is],
  ['a file that is no study', { study: '/icon.svg' }, /NotAStudy/],
])('%s is refused by name', async (_, more, told) => {
  const app = await appWith(STUDY);
  const host = stage(Embed, { stores: app, embedded: await asked(app, more) }, 960);
  await expect.element(page.getByRole('alert').first()).toHaveTextContent(told);
  expect(host.querySelector('b')).toBeNull();
});

test('without a study it says so', async () => {
  const app = await appWith(null);
  stage(Embed, { stores: app, embedded: { work: '', chart: '', theme: null, study: null } }, 960);
  await expect.element(page.getByRole('alert')).toHaveTextContent(/NotAStudy/);
});

test('the address names the theme, whatever the app’s pages are in', async () => {
  const before = location.href;
  const host = document.createElement('div');
  document.body.append(host);
  document.documentElement.setAttribute('data-theme', 'light');
  history.replaceState(null, '', '?theme=dark');
  mountEmbed(host, await appWith(null));
  expect(document.documentElement.getAttribute('data-theme')).toBe('dark');
  history.replaceState(null, '', '?');
  mountEmbed(host, await appWith(null));
  expect(document.documentElement.hasAttribute('data-theme')).toBe(false);
  host.remove();
  history.replaceState(null, '', before);
});
