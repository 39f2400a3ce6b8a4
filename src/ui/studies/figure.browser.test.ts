import { afterEach, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { AppState } from '../app/app.svelte.ts';
import { browserSurroundings } from '../state/study-surroundings.ts';
import type { OpenedStudy } from '../state/opened-study.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { clearStage, stage } from '../testing/stage.ts';
import Works from './testing/Works.svelte';

afterEach(clearStage);

interface Laid {
  readonly titles: readonly string[];
  readonly sentences: readonly string[];
}

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

test('every work of a study is drawn with its page’s sentences, and what is open stays', async () => {
  const { app, study } = await carried();
  const laid = new Map<string, Laid>();
  const before = {
    probe: app.localize.probe,
    measure: app.characterize.measure,
    reading: app.images.reading,
  };
  const kept = JSON.stringify(localStorage);
  stage(Works, { app, study, only: null, onlaid: (key: string, one: Laid) => laid.set(key, one) }, 1200);

  await vi.waitFor(() => expect(laid.size).toBe(study.works.length), { timeout: 30_000 });
  for (const { works, findings } of study.result.analyses) {
    expect(findings.length).toBeGreaterThan(0);
    expect(laid.get(works[0]?.key ?? '')?.sentences).toEqual(findings);
  }
  for (const { key, analysis } of study.works) {
    const charts = page.getByRole('region', { name: analysis, exact: true }).getByRole('application');
    expect(charts.elements()).toHaveLength(laid.get(key)?.titles.length ?? 0);
    expect(charts.elements().length).toBeGreaterThan(0);
  }
  expect({
    probe: app.localize.probe,
    measure: app.characterize.measure,
    reading: app.images.reading,
  }).toEqual(before);
  expect(app.family.standIn).toBeNull();
  expect(JSON.stringify(localStorage)).toBe(kept);
});

test('one chart of each alone, without what chooses between readings', async () => {
  const { app, study } = await carried();
  const laid = new Map<string, Laid>();
  const host = stage(
    Works,
    { app, study, only: 0, onlaid: (key: string, one: Laid) => laid.set(key, one) },
    1200,
  );
  await vi.waitFor(() => expect(laid.size).toBe(study.works.length), { timeout: 30_000 });
  for (const { key, analysis } of study.works) {
    const region = page.getByRole('region', { name: analysis, exact: true });
    const headings = region
      .getByRole('heading', { level: 3 })
      .elements()
      .map((one) => one.textContent);
    expect(headings).toEqual([laid.get(key)?.titles[0]]);
  }
  expect([...host.querySelectorAll('fieldset')].filter((one) => one.checkVisibility())).toEqual([]);
});
