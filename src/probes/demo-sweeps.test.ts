/**
 * A sweep in packed rows is the sweep of each row by itself, on the demo family and its sets. Of each task a few samples drawn
 * with a seed; with SWEEP_ALL=1 in the environment every pair, problem and visual question of the demo, which takes an hour.
 */
import { ort } from '../engine/testing/one-thread-ort.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { demoFolder } from '../demo/testing/demo-from-disk.ts';
import { pngPixels } from '../demo/testing/png-pixels.ts';
import { setFromDisk } from '../demo/testing/sets-from-disk.ts';
import { loadPairs, loadProblems, loadQuestions } from '../demo/sets.ts';
import { WasmBackend } from '../engine/backend/wasm.ts';
import { Engine } from '../engine/engine.ts';
import type { ModelId, Subject } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import { ablateLayer } from './ablation/experiment.ts';
import { sweepAblations } from './ablation/sweep.ts';
import type { Problem } from './data/problem.ts';
import { chosenSamples } from './sampling/choice.ts';
import { sweepSwaps } from './swap/sweep.ts';
import { TASKS } from './task.ts';

const ALL = process.env['SWEEP_ALL'] === '1';
/** Of each set, where not all are asked for. */
const DRAWN = 2;
const SEED = 123;
const TIME = ALL ? 7_200_000 : 240_000;
/** As the reference cuts swapped answers. */
const NEW_TOKENS = 64;

let engine: Engine;
let subject: Subject;
let layers: readonly number[];

beforeAll(async () => {
  engine = new Engine({
    ...INLINE,
    decodeImage: pngPixels,
    createBackend: () => Promise.resolve(new WasmBackend(ort)),
  });
  const id = 'in' as ModelId;
  const opened = await engine.open(id, 'in', await demoFolder('in'));
  await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
  subject = wholeModel(id, opened.layers);
  layers = Array.from({ length: opened.layers }, (_, layer) => layer);
});

function drawn<T>(samples: readonly T[]): readonly T[] {
  return chosenSamples(samples, { samples: ALL ? null : DRAWN, seed: SEED });
}

describe.each([{ mode: 'single' }, { mode: 'single', reads: 'text' }, { mode: 'from-layer' }] as const)(
  'the swap, %o',
  (how) => {
    it(
      'packed is each row by itself',
      async () => {
        const lists = await Promise.all(TASKS.map((task) => loadPairs(task, { read: setFromDisk })));
        const pairs = lists.flatMap(drawn);
        expect(pairs.length).toBeGreaterThanOrEqual(TASKS.length * DRAWN);
        const sweep = { subject, layers, ...how, maxNewTokens: NEW_TOKENS };
        const packed = await sweepSwaps(engine, pairs, sweep);
        expect(await sweepSwaps(engine, pairs, { ...sweep, rowsPerBatch: 1 })).toEqual(packed);
        // Swaps that never showed would make any mix-up of rows go unseen.
        const said = packed.map(({ swapped }) => new Set(swapped.map(({ text }) => text)).size);
        expect(Math.max(...said)).toBeGreaterThan(1);
      },
      TIME,
    );
  },
);

it(
  'ablation packed is each row by itself',
  async () => {
    const sets: readonly (readonly Problem[])[] = [
      await loadProblems(setFromDisk),
      await loadQuestions('general-vqa', setFromDisk),
      await loadQuestions('math-targeted-vqa', setFromDisk),
    ];
    const problems = sets.flatMap(drawn);
    const experiments = layers.map((layer) => ablateLayer(layer));
    const sweep = { subject, experiments, maxNewTokens: NEW_TOKENS };
    const packed = await sweepAblations(engine, problems, sweep);
    expect(await sweepAblations(engine, problems, { ...sweep, rowsPerBatch: 1 })).toEqual(packed);
    const said = packed.map(({ ablated }) => new Set(ablated.map(({ text }) => text)).size);
    expect(Math.max(...said)).toBeGreaterThan(1);
  },
  TIME,
);
