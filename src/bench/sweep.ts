/** A full layer sweep of the token swap against one plain answer and against the same one by one. */
import type { Backend } from '../engine/backend/backend.ts';
import { captureKv } from '../engine/forward.ts';
import { generate } from '../engine/generate.ts';
import type { Sequence } from '../engine/prefill.ts';
import type { RowSpec } from '../engine/protocol.ts';
import type { ResidentSubject } from '../engine/resident.ts';
import { createRuntime } from '../engine/runtime.ts';
import type { Runtime } from '../engine/runtime.ts';
import type { CapturedKv } from '../engine/swap.ts';
import type { ReadAndConvert } from '../engine/weights/load.ts';
import type { VlmConfig } from '../vlm/config.ts';
import { DEEP, SMALL, WHOLE_7B } from './models.ts';
import { loadSubject, median, randomSequence } from './resident.ts';
import type { DeviceAssumptions } from './sweep-cost.ts';
import { sweepCost } from './sweep-cost.ts';
import { removeSynthetic, syntheticCheckpoint } from './synthetic.ts';

/** A demo pair: 16 image tokens in a prompt of 64; answers that think take some dozens of tokens. */
const PROMPT_TOKENS = 64;
const IMAGE_POSITIONS = Array.from({ length: 16 }, (_, offset) => 20 + offset);
const NEW_TOKENS = [8, 48] as const;
/** Plain, sweep and one by one take turns, so that a busy machine disturbs them alike. */
const ROUNDS = 3;

/** Stated so that everyone can put in their own: what fair and good consumer hardware reaches in a browser. */
const DEVICES: readonly DeviceAssumptions[] = [
  { name: 'integrated GPU', bandwidth: 60e9, operations: 1e12, dispatch: 3e-5 },
  { name: 'laptop GPU', bandwidth: 250e9, operations: 5e12, dispatch: 2e-5 },
  { name: 'desktop GPU', bandwidth: 700e9, operations: 15e12, dispatch: 1.5e-5 },
];
/** A pair of the reference set: an image of 384 × 384 is 196 tokens. */
const SHAPES_7B = [
  { promptTokens: 230, newTokens: 8 },
  { promptTokens: 230, newTokens: 64 },
  { promptTokens: 230, newTokens: 512 },
] as const;

export interface SweepResult {
  readonly layers: number;
  readonly newTokens: number;
  readonly rows: number;
  readonly plainMs: number;
  /** With the source's capture. */
  readonly sweepMs: number;
  readonly oneByOneMs: number;
  /** sweep / plain; the aim is ≤ 3. */
  readonly toPlain: number;
  readonly fasterThanOneByOne: number;
  /** Whether rows and runs of their own said the same. */
  readonly sameTokens: boolean;
}

export async function benchSweep(
  backend: Backend,
  convert: ReadAndConvert,
  log: (line: string) => void,
): Promise<unknown> {
  const measured: SweepResult[] = [];
  for (const config of [SMALL, DEEP]) {
    const files = await syntheticCheckpoint(config, `sweep-${config.text.layers}`, 1);
    const { subject } = await loadSubject(backend, config, files, 'f32', convert);
    for (const newTokens of NEW_TOKENS) {
      log(`sweep over ${config.text.layers} layers, ${newTokens} tokens`);
      measured.push(await sweepOnce(backend, config, subject, newTokens));
    }
    subject.rest.arrays.dispose();
  }
  await removeSynthetic();
  const modelled = DEVICES.flatMap((device) =>
    SHAPES_7B.map((shape) => ({
      device,
      ...shape,
      dtype: 'q4',
      ...sweepCost(WHOLE_7B(), 'q4', shape, device),
    })),
  );
  return { measured, modelled7b: modelled };
}

async function sweepOnce(
  backend: Backend,
  config: VlmConfig,
  subject: ResidentSubject,
  newTokens: number,
): Promise<SweepResult> {
  const runtime = createRuntime(backend);
  const { sequence: text, nextPosition } = await randomSequence(subject, PROMPT_TOKENS);
  const sequence: Sequence = { ...text, imagePositions: IMAGE_POSITIONS };
  // Another image: the same positions, other embeddings.
  const source: Sequence = { ...sequence, hidden: sequence.hidden.map((value) => -value) };
  const layers = config.text.layers;
  const swaps = Array.from({ length: layers }, (_, layer): RowSpec => ({
    swap: { source: 'source', layers: [layer] },
  }));
  const run = (rows: readonly RowSpec[], sources: ReadonlyMap<string, CapturedKv>) =>
    answers(runtime, subject, sequence, { rows, sources, nextPosition, newTokens });
  const times = { plain: [] as number[], sweep: [] as number[], alone: [] as number[] };
  let sameTokens = true;
  for (let round = 0; round <= ROUNDS; round++) {
    const plain = await timed(() => run([{}], new Map()));
    const sweep = await timed(async () =>
      run([{}, ...swaps], new Map([['source', await captureKv(runtime, subject, source)]])),
    );
    const alone = await timed(async () => {
      const sources = new Map([['source', await captureKv(runtime, subject, source)]]);
      const rows = [];
      for (const row of [{}, ...swaps]) rows.push(...(await run([row], sources)));
      return rows;
    });
    sameTokens &&= JSON.stringify(sweep.result) === JSON.stringify(alone.result);
    // The first round compiles graphs and warms caches.
    if (round === 0) continue;
    times.plain.push(plain.milliseconds);
    times.sweep.push(sweep.milliseconds);
    times.alone.push(alone.milliseconds);
  }
  const [plainMs, sweepMs, oneByOneMs] = [times.plain, times.sweep, times.alone].map(median) as [
    number,
    number,
    number,
  ];
  return {
    layers,
    newTokens,
    rows: layers + 1,
    plainMs,
    sweepMs,
    oneByOneMs,
    toPlain: sweepMs / plainMs,
    fasterThanOneByOne: oneByOneMs / sweepMs,
    sameTokens,
  };
}

async function answers(
  runtime: Runtime,
  subject: ResidentSubject,
  sequence: Sequence,
  options: {
    readonly rows: readonly RowSpec[];
    readonly sources: ReadonlyMap<string, CapturedKv>;
    readonly nextPosition: number;
    readonly newTokens: number;
  },
): Promise<readonly (readonly number[])[]> {
  const { rows, sources, nextPosition, newTokens } = options;
  const decoded = await generate(runtime, subject, sequence, {
    rows,
    sources,
    nextPosition,
    maxNewTokens: newTokens,
    sampling: { temperature: 0, seed: 0 },
    rowsPerPrefill: rows.length,
  });
  return decoded.map(({ tokens }) => tokens);
}

async function timed<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly milliseconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, milliseconds: performance.now() - started };
}
