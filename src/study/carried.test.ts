/** The study that travels with the app is of this code and of the committed family: a sample of it is computed again. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ort } from '../engine/testing/one-thread-ort.ts';
import { beforeAll, expect, test } from 'vitest';
import { analysis as energy } from '../analyses/energy/analysis.ts';
import { declaration as ofEnergy } from '../analyses/energy/declaration.mjs';
import { defaultValues } from '../analyses/setting-values.ts';
import { demoFolder } from '../demo/testing/demo-from-disk.ts';
import { pngPixels } from '../demo/testing/png-pixels.ts';
import { setFromDisk } from '../demo/testing/sets-from-disk.ts';
import { loadPairs } from '../demo/sets.ts';
import { WasmBackend } from '../engine/backend/wasm.ts';
import { Engine } from '../engine/engine.ts';
import { wholeModel, type ModelId } from '../engine/subject.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import type { ProbeEngine } from '../probes/probe-engine.ts';
import { pairKey, sweepSwaps } from '../probes/swap/sweep.ts';
import { TASKS } from '../probes/task.ts';
import { ROLES } from '../roles.mjs';
import { roleNames } from '../spectra/deltas/roles.ts';
import { inlineThreads } from '../spectra/threads/inline.ts';
import { openWeights, withoutRepeatedHead } from '../vlm/stored-head.ts';
import { modulesOf } from '../work/modules.ts';
import { Journals } from './journal/journals.ts';
import { readStudySpec } from './spec.ts';
import { readStudyFile, type ReadStudy } from './study-file.ts';

const STUDY = join(import.meta.dirname, '../../public/study');
const LARGEST_BYTES = 300_000;
const RENEW =
  'run `npm run -s headless -- study --spec public/study/demo.spec.json --device wasm --out DIR`, and copy DIR/study.frankenscope to public/study/demo.frankenscope';

let carried: ReadStudy;
let journals: Journals;
beforeAll(async () => {
  const bytes = new Uint8Array(await readFile(join(STUDY, 'demo.frankenscope')));
  expect(bytes.length).toBeLessThan(LARGEST_BYTES);
  carried = await readStudyFile(bytes, 'demo.frankenscope');
  journals = new Journals(carried.storage);
});

const keyOf = (name: string): string =>
  carried.study.analyses.find((one) => one.name === name)?.works[0]?.key ?? '';

test('it is of the spec beside it, and whole', async () => {
  const bytes = new Uint8Array(readFileSync(join(STUDY, 'demo.spec.json')));
  const spec = readStudySpec(bytes, 'demo.spec.json');
  expect(carried.damaged).toEqual([]);
  expect(carried.study.spec, RENEW).toEqual(spec.given);
  expect(carried.study.analyses.map(({ name }) => name)).toEqual(
    spec.analyses.map(({ declaration }) => declaration.name),
  );
  for (const work of await journals.list()) expect([work.title, work.complete]).toEqual([work.title, true]);
  expect((await journals.shown()).map(({ analysis }) => analysis).sort()).toEqual(
    spec.analyses.map(({ declaration }) => declaration.name).sort(),
  );
});

test('it is computed by the modules of this build', () => {
  for (const { works } of carried.study.analyses)
    for (const { kind, modules } of works) expect([kind, modules], RENEW).toEqual([kind, modulesOf(kind)]);
});

test('update energy, computed again from the weights, is the same in every record', async () => {
  const [base, before, rl] = await Promise.all(
    ROLES.map(async (role) =>
      withoutRepeatedHead(await openWeights(await demoFolder(role), { name: `demo:${role}` })),
    ),
  );
  const plan = energy.plan(
    { checkpoints: roleNames({ base, in: before, rl }), computer: 'cpu' },
    defaultValues(ofEnergy.settings),
  );
  const kept = await journals.read(plan.identity);
  expect(kept.size, RENEW).toBe(plan.total);
  const again = await plan.run({ threads: inlineThreads() } as never, {});
  expect(Object.fromEntries(again)).toEqual(Object.fromEntries(kept));
});

test('the token swap of a pair of each task, asked again, has the same answers at every layer', async () => {
  const engine = new Engine({
    ...INLINE,
    decodeImage: pngPixels,
    createBackend: () => Promise.resolve(new WasmBackend(ort)),
  });
  const id = 'rl' as ModelId;
  const { layers } = await engine.open(id, 'demo:rl', await demoFolder('rl'));
  await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  const pairs = (await Promise.all(TASKS.map((task) => loadPairs(task, { read: setFromDisk })))).flatMap(
    (all) => all.slice(0, 1),
  );
  const kept = await journals.records(keyOf('swap'));
  const sweep = {
    ...{ subject: wholeModel(id, layers), layers: Array.from({ length: layers }, (_, layer) => layer) },
    ...({ mode: 'single', reads: 'all', maxNewTokens: 64 } as const),
    prompt: { imageProcessing: 'transformers-5', maxImagePixels: 1280 * 720 } as const,
  };
  const records = await sweepSwaps(engine as unknown as ProbeEngine, pairs, sweep);
  expect(records).toHaveLength(TASKS.length);
  for (const [index, record] of records.entries()) {
    const pair = pairs[index];
    expect(record, RENEW).toEqual(kept.get(pair ? pairKey(pair) : ''));
  }
});
