/** A study that is run on the page: its records are those of the command, and what was cut off goes on. */
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { claimsOfRun } from '../../../claims/claims-of-run.ts';
import type { Json } from '../../../identity/canonical-json.ts';
import type { Task } from '../../../probes/task.ts';
import { fetchGolden } from '../../../engine/testing/fetch-golden.ts';
import { goldenFolder } from '../../../engine/testing/goldens.ts';
import { fetchFile } from '../../../probes/testing/demo-goldens.ts';
import { lineOf } from '../../../study/journal/lines.ts';
import { Journals } from '../../../study/journal/journals.ts';
import { MemoryStorage } from '../../../study/journal/memory-storage.ts';
import { RECORDS } from '../../../study/journal/records.ts';
import { readStudyFile } from '../../../study/study-file.ts';
import type { ShownPart } from '../../../study/shown/part.ts';
import { memoryStudies } from '../../../study/study-folder.ts';
import type { StudyResult } from '../../../study/study-result.ts';
import type { AppState } from '../../app/app.svelte.ts';
import type { StudySurroundings } from '../../state/study-surroundings.ts';
import { engineOnPage, surroundings } from '../../testing/engine-on-page.ts';
import { clearStage, stageAround } from '../../testing/stage.ts';

/** One pair of each task: of those that the carried study asked, the first. */
const SPEC = {
  ...{ definitions: 1, name: 'A slice', models: 'demo' },
  analyses: [
    { name: 'swap', samples: '../../dataset/data/pairs', settings: { samples: 1 } },
    { name: 'energy' },
  ],
} as const satisfies Json;

const fetched = globalThis.fetch.bind(globalThis);

let carried: Uint8Array<ArrayBuffer>;
beforeEach(async () => {
  localStorage.clear();
  vi.spyOn(globalThis, 'fetch').mockImplementation((...asked) => {
    const [address, ...rest] = asked;
    const [, task] = /\/data\/pairs-(\w+)\.zip$/.exec(String(address)) ?? [];
    if (task !== undefined) return firstPair(task as Task);
    // Beside the page of a test there is no demo family.
    const [demo] = /\/demo\/[^?]*$/.exec(String(address)) ?? [];
    return fetched(demo ?? address, ...rest);
  });
  carried = new Uint8Array(await (await fetch('/study/demo.frankenscope')).arrayBuffer());
});
afterEach(() => {
  clearStage();
  vi.restoreAllMocks();
});

/** The archive of a set, as far as its first pair goes: the build makes the whole. */
async function firstPair(task: Task): Promise<Response> {
  const folder = `pairs/${task}`;
  const [line = ''] = (await (await fetchFile(`/dataset/data/${folder}/data.jsonl`)).text()).split('\n');
  const pair = JSON.parse(line) as Readonly<Record<'target_image' | 'source_image', string>>;
  const files: Record<string, Uint8Array> = {
    [`${folder}/data.jsonl`]: new TextEncoder().encode(`${line}\n`),
  };
  for (const path of [pair.target_image, pair.source_image])
    files[`${folder}/${path}`] = new Uint8Array(
      await (await fetchFile(`/dataset/data/${folder}/${path}`)).arrayBuffer(),
    );
  return new Response(zipSync(files));
}

/** As a page of a browser with this storage. */
async function start(
  around: StudySurroundings,
  engine = engineOnPage(),
  device: 'wasm' | 'webgpu' = 'wasm',
): Promise<AppState> {
  history.replaceState(null, '', '#study');
  const app = await stageAround(engine, around);
  app.choice.device = device;
  app.choice.dtype = 'f32';
  return app;
}

/** The file of a study of which nothing is done. */
async function begun(spec: Json = SPEC): Promise<File> {
  const study: StudyResult = {
    ...{ spec, name: SPEC.name, analyses: [] },
    frankenscope: { version: '0', run: { build: '0' } },
  };
  return new File([await lineOf('study', JSON.stringify(study))], 'slice.frankenscope');
}

/** On a busy machine. */
const WAIT = { timeout: 100_000 };

// With room for what is run beside what was found.
beforeEach(() => page.viewport(1440, 900));

const main = page.getByRole('main');
const press = (name: string) => userEvent.click(main.getByRole('button', { name, exact: true }));

/** Tells of records as they are kept. */
class ToldStorage extends MemoryStorage {
  onRecords: () => void = () => undefined;

  override async append(...asked: Parameters<MemoryStorage['append']>): Promise<void> {
    await super.append(...asked);
    if (asked[1] === RECORDS) this.onRecords();
  }
}

test('a study that is cut off goes on in another page, and finds what the command found, record by record', async () => {
  const storage = new ToldStorage();
  const around = {
    ...surroundings(),
    journals: new Journals(storage, { flushMs: 0 }),
    studies: memoryStudies(),
    carried: () => Promise.resolve(carried),
  };
  const first = await start(around);
  await first.studies.take([await begun()]);
  // The page is gone with the first record of the second analysis.
  storage.onRecords = () => {
    if (first.studies.runner?.under?.place === 2) first.studies.runner.cancel();
  };
  await press('Go on');
  // The cheap one comes first, though the study names it last.
  await expect.element(main.getByText(/^RL − IN leaves 7\.3 % of the weights/), WAIT).toBeVisible();
  await expect.poll(() => first.studies.runner?.under, WAIT).toBe(null);
  expect(first.studies.runner?.error).toBe(null);
  expect(first.jobs.list.map(({ id }) => id)).not.toContain('study');
  const kept = await around.journals.list();
  expect(kept.find(({ kind }) => kind === 'swap')).toMatchObject({ done: 1, total: 4, complete: false });
  const id = first.studies.chosen;
  expect((await first.studies.open(id)).result.analyses.map(({ name }) => name)).toEqual(['energy']);

  clearStage();
  storage.onRecords = () => undefined;
  const second = await start(around);
  location.hash = `#study?do=${id}`;
  await expect.element(main.getByText(/^1 of 2 analyses done/)).toBeVisible();
  await press('Go on');
  await expect.element(main.getByRole('button', { name: 'Run the study' }), WAIT).toBeVisible();
  expect(second.studies.runner?.error).toBe(null);

  const { result, journals } = await second.studies.open(id);
  expect(result.analyses.map(({ name }) => name)).toEqual(['swap', 'energy']);
  const of = await readStudyFile(carried, 'carried');
  const theirs = new Journals(of.storage);
  const keyOf = (study: StudyResult, name: string) =>
    study.analyses.find((one) => one.name === name)?.works[0]?.key ?? '';
  const energy = keyOf(result, 'energy');
  expect(energy).toBe(keyOf(of.study, 'energy'));
  expect(Object.fromEntries(await journals.records(energy))).toEqual(
    Object.fromEntries(await theirs.records(energy)),
  );
  expect(result.analyses[1]?.findings).toEqual(of.study.analyses[0]?.findings);
  const [swaps, all] = [
    await journals.records(keyOf(result, 'swap')),
    await theirs.records(keyOf(of.study, 'swap')),
  ];
  expect(swaps.size).toBe(4);
  for (const [pair, record] of swaps) expect(record, pair).toEqual(all.get(pair));
  expect((await journals.list()).map(({ complete }) => complete)).toEqual([true, true]);

  // The papers' claims are judged as the command judges them: those of energies, from the same records, are said alike.
  const ofStudy = async (from: Journals): Promise<StudyResult['claims']> => {
    const works = (await from.shown()).map(({ part, ...work }) => ({ ...work, ...(part as ShownPart) }));
    const inTurn = [...works].sort(
      (a, b) => Number(b.analysis === 'energy') - Number(a.analysis === 'energy'),
    );
    return claimsOfRun(
      from,
      inTurn.map((work) => ({ name: work.analysis, work })),
    );
  };
  expect(result.claims).toEqual(await ofStudy(journals));
  const verdict = (id: string) => result.claims?.find((one) => one.id === id)?.verdict;
  expect([verdict('energy-smaller'), verdict('ocr-layers'), verdict('frozen-late')]).toEqual([
    ...['supported', 'not testable here', 'not testable here'],
  ]);
});

test('a study whose GPU is lost in the middle finishes, and finds what it finds with one that stays', async () => {
  // On a software GPU the demo family takes minutes.
  const files = await goldenFolder(fetchGolden, 'untied-gqa2-f16');
  const settings = { samples: 1, layers: '0-1', maxNewTokens: 4 };
  const spec = {
    ...{ definitions: 1, name: 'On a GPU', models: { rl: 'x-rl' } },
    analyses: [{ name: 'swap', samples: 'dataset/data/pairs', settings }],
  };
  const found = async (lost: boolean): Promise<readonly string[]> => {
    const around = { ...surroundings(), studies: memoryStudies() };
    const engine = engineOnPage();
    const statuses: string[] = [];
    await engine.onStatus(({ state }) => statuses.push(state));
    const app = await start(around, engine, 'webgpu');
    await app.family.place([{ name: 'x-rl', files }]);
    await app.studies.take([await begun(spec)]);
    // The sources' images have been read, and nothing is answered.
    let captured = 0;
    const capture = engine.captureImagesKv.bind(engine);
    vi.spyOn(engine, 'captureImagesKv').mockImplementation(async (request) => {
      const handles = await capture(request);
      captured += 1;
      if (lost && captured === 1) await engine.loseDevice('webgpu');
      return handles;
    });
    await press('Go on');
    await expect.element(main.getByRole('button', { name: 'Run the study' }), WAIT).toBeVisible();
    expect(app.studies.runner?.error).toBe(null);
    expect(statuses).toEqual(lost ? ['rebuilding', 'ready'] : []);
    const { result, journals } = await app.studies.open(app.studies.chosen);
    const key = result.analyses[0]?.works[0]?.key ?? '';
    const records = [...(await journals.records(key))].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(records).toHaveLength(4);
    clearStage();
    return [...records.map((record) => JSON.stringify(record)), JSON.stringify(result)];
  };
  expect(await found(true)).toEqual(await found(false));
});
