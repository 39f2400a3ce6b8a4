import { afterEach, expect, test } from 'vitest';
import { AppState } from '../../app/app.svelte.ts';
import { CHINESE } from '../../app/chinese.ts';
import { speak } from '../../language/texts.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import { browserSurroundings } from '../../state/study-surroundings.ts';
import { FakeEngine } from '../../testing/fake-engine.ts';
import { clearStage } from '../../testing/stage.ts';
import { judgedStudy } from '../findings/judged-study.ts';
import { withDrawnWork } from './drawn-work.ts';
import { studyReport } from './study-report.ts';

afterEach(() => {
  clearStage();
  document.documentElement.removeAttribute('data-theme');
  document.documentElement.removeAttribute('data-talk');
});

async function carried(): Promise<{ readonly app: AppState; readonly study: OpenedStudy }> {
  const file = await (await fetch('/study/demo.frankenscope')).arrayBuffer();
  const app = new AppState(new FakeEngine(), {
    ...browserSurroundings(),
    carried: () => Promise.resolve(new Uint8Array(file)),
  });
  await app.carried.ask();
  if (!app.carried.study) throw new Error('no study is carried');
  return { app, study: app.carried.study };
}

const texts = (root: ParentNode, selector: string): readonly string[] =>
  [...root.querySelectorAll(selector)].map(({ textContent }) => textContent ?? '');

test('a report has every sentence of the study, and its charts with tables, models and commands', async () => {
  const { app, study } = await carried();
  const before = document.body.childElementCount;
  const told: number[] = [];
  const html = await studyReport(app, study, (done) => told.push(done));
  const report = new DOMParser().parseFromString(html, 'text/html');

  expect(document.body.childElementCount).toBe(before);
  expect(told).toEqual(study.result.analyses.map((_, at) => at));
  expect(texts(report, 'main li')).toEqual(study.result.analyses.flatMap(({ findings }) => findings));
  expect(texts(report, 'section > p.soft').filter((text) => /not drawn/.test(text))).toEqual([]);
  const figures = [...report.querySelectorAll('figure')];
  expect(figures.length).toBeGreaterThan(study.works.length);
  for (const figure of figures) {
    const heading = texts(figure, 'h3')[0] ?? '';
    expect(texts(figure, 'figcaption p')[0], heading).toMatch(/n = \d/);
    expect(texts(figure, 'svg text').filter(Boolean).length, heading).toBeGreaterThan(5);
    expect(texts(figure, 'tbody tr').length, heading).toBeGreaterThan(0);
    expect(texts(figure, 'pre')[0], heading).toMatch(/^\n?npm run -s headless -- /);
    const svg = figure.querySelector('svg');
    expect(svg?.getAttribute('viewBox')).toBe(
      `0 0 ${svg?.getAttribute('width')} ${svg?.getAttribute('height')}`,
    );
    expect(figure.querySelector('[class*="svelte-"], [style]')).toBeNull();
  }
  const { judged } = await judgedStudy(study);
  expect(texts(report, '.claim p:nth-child(2)').toSorted()).toEqual(
    judged.map(({ sentence }) => sentence).toSorted(),
  );
  const ids = [...report.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  // Models as the commands name them, by whole fingerprints.
  const models = [...report.querySelectorAll('#provenance ~ table tr')].slice(1);
  expect(models.map((row) => texts(row, 'td').slice(0, 2))).toEqual([
    ['Base', 'demo:base'],
    ['IN', 'demo:in'],
    ['RL', 'demo:rl'],
  ]);
  for (const row of models) expect(texts(row, '.code')[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(texts(report, '#again ~ details pre')[0] ?? '')).toEqual(study.result.spec);
  expect(html).toMatch(/@font-face\{font-family:"Inter Variable"/);
});

test('a report of a Chinese page is Chinese throughout: sentences, charts, tables and what stands around them', async () => {
  const { app, study } = await carried();
  await speak('zh', () => Promise.resolve(CHINESE));
  const report = new DOMParser().parseFromString(await studyReport(app, study), 'text/html');
  await speak('en', () => Promise.resolve({}));
  expect(report.documentElement.lang).toBe('zh-Hans');
  // Names of papers, what is cited, and code are the same in every language.
  const same = '#claims ~ h3, [aria-labelledby=cite] p, pre, .code, td, svg, title';
  for (const one of report.querySelectorAll(same)) one.replaceChildren();
  const told = texts(report, 'h2, h3, li, p, summary, th').map((text) => text.trim());
  expect(told.length).toBeGreaterThan(100);
  const isEnglish = (text: string): boolean => /[a-z]{3,} [a-z]{2,} /.test(text) && !/\p{sc=Han}/u.test(text);
  expect(told.filter(isEnglish)).toEqual([]);
  const sentences = texts(report, 'main li');
  expect(sentences).toHaveLength(study.result.analyses.flatMap(({ findings }) => findings).length);
  for (const sentence of sentences) expect(sentence).toMatch(/\p{sc=Han}/u);
});

test('the charts of a report speak its language', async () => {
  const { app, study } = await carried();
  const [work] = study.works;
  if (!work) throw new Error('no work');
  await speak('zh', () => Promise.resolve(CHINESE));
  const drawn = await withDrawnWork(app, { study, work }, (charts) =>
    charts.map((chart) => chart.svg()?.textContent ?? ''),
  );
  await speak('en', () => Promise.resolve({}));
  expect(drawn?.length).toBeGreaterThan(0);
  for (const text of drawn ?? []) expect(text).toMatch(/\p{sc=Han}/u);
});

test('a chart is drawn light and at the size of a page, whatever the page looks like', async () => {
  const { app, study } = await carried();
  const [work] = study.works;
  if (!work) throw new Error('no work');
  const drawn = (): Promise<readonly string[] | null> =>
    withDrawnWork(app, { study, work }, (charts) =>
      charts.map((chart) => (chart.svg()?.outerHTML ?? '').replace(/(id="|url\("?#)[\w-]+/g, '$1')),
    );
  const light = await drawn();
  expect(light?.length).toBeGreaterThan(0);
  document.documentElement.setAttribute('data-theme', 'dark');
  document.documentElement.setAttribute('data-talk', '');
  const dark = await drawn();
  // A difference of two pictures would fill the screen.
  expect(dark?.map((svg, at) => svg === light?.[at])).toEqual(light?.map(() => true));
});

test('of a study whose records are gone the report has the sentences, and says what is missing', async () => {
  const { app, study } = await carried();
  const html = await studyReport(app, { ...study, works: [] });
  const report = new DOMParser().parseFromString(html, 'text/html');
  expect(texts(report, 'main li')).toEqual(study.result.analyses.flatMap(({ findings }) => findings));
  expect(report.querySelector('figure')).toBeNull();
  expect(texts(report, 'section > p.soft').filter((text) => /not drawn/.test(text))).toHaveLength(
    study.result.analyses.length,
  );
});
