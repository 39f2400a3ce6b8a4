/** Decode time per token, ours against one ordinary graph; and L + 1 rows against one. */
import type { Backend } from '../engine/backend/backend.ts';
import type { RowSpec } from '../engine/protocol/intervention.ts';
import { createRuntime } from '../engine/runtime.ts';
import type { ReadAndConvert } from '../engine/weights/load.ts';
import { WeightArrays } from '../engine/weights/arrays.ts';
import { loadWeights } from '../engine/weights/load.ts';
import { planWeights } from '../engine/weights/plan.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { OrdinaryModel } from './ordinary.ts';
import { loadSubject, median, randomSequence, timedRun } from './resident.ts';
import { removeSynthetic, syntheticCheckpoint } from './synthetic.ts';

const PROMPT_TOKENS = 64;
const NEW_TOKENS = 48;
/** Ours and the ordinary graph take turns, so that a busy machine disturbs both alike. */
const ROUNDS = 3;

export async function benchDecode(backend: Backend, config: VlmConfig, convert: ReadAndConvert) {
  const files = await syntheticCheckpoint(config, 'decode', 1);
  const { subject, checkpoint } = await loadSubject(backend, config, files, 'f32', convert);
  const runtime = createRuntime(backend);
  const { sequence, nextPosition } = await randomSequence(subject, PROMPT_TOKENS);
  const run = (rows: readonly RowSpec[]) =>
    timedRun(runtime, subject, sequence, { nextPosition, rows, maxNewTokens: NEW_TOKENS });

  const constants = new WeightArrays({ ...backend, constantWeights: true });
  const plan = planWeights(config, 'f32', backend.maxTensorBytes);
  await loadWeights(checkpoint, plan, constants, { convert });
  const ordinary = await OrdinaryModel.compile(backend, subject, (key) => constants.constant(key));
  const sweep = [{}, ...subject.layers.map((_, layer): RowSpec => ({ ablate: [{ layer, part: 'layer' }] }))];

  const ours: number[] = [];
  const theirs: number[] = [];
  const one: number[] = [];
  const all: number[] = [];
  let sameTokens = true;
  for (let round = 0; round <= ROUNDS; round++) {
    const mine = await run([{}]);
    const other = await ordinary.generate(sequence, nextPosition, NEW_TOKENS);
    const swept = await run(sweep);
    sameTokens &&= mine.tokens.every((token, step) => token === other.tokens[step]);
    // The first round compiles shaders and warms caches.
    if (round === 0) continue;
    ours.push(median(mine.milliseconds));
    theirs.push(median(other.milliseconds));
    one.push(mine.total);
    all.push(swept.total);
  }
  await ordinary.release();
  subject.rest.arrays.dispose();
  await removeSynthetic();
  return {
    layers: config.text.layers,
    hiddenSize: config.text.hiddenSize,
    promptTokens: PROMPT_TOKENS,
    newTokens: NEW_TOKENS,
    oursMsPerToken: median(ours),
    ordinaryMsPerToken: median(theirs),
    // The aim is ≤ 1.
    ratio: median(ours) / median(theirs),
    sameTokens,
    rows: { count: sweep.length, oneMs: median(one), allMs: median(all), ratio: median(all) / median(one) },
  };
}
