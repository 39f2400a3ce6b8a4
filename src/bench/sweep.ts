/** A full layer sweep of the token swap against one plain answer, against the same one by one, and packed. */
import type { Backend } from '../engine/backend/backend.ts';
import { captureKv } from '../engine/forward.ts';
import { generateAll } from '../engine/generate.ts';
import type { Sequence } from '../engine/prefill.ts';
import type { RowSpec } from '../engine/protocol/intervention.ts';
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
const ROUNDS = 2;
/** Enough to compile every graph and to warm caches. */
const WARM_UP_TOKENS = 2;
/** Pairs of a packed batch. */
const PACKED = 4;

/** Stated so that everyone can put in their own: what fair and good consumer hardware reaches in a browser. */
const DEVICES: readonly DeviceAssumptions[] = [
  { name: 'integrated GPU', bandwidth: 60e9, operations: 1e12, dispatch: 3e-5 },
  { name: 'laptop GPU', bandwidth: 250e9, operations: 5e12, dispatch: 2e-5 },
  { name: 'desktop GPU', bandwidth: 700e9, operations: 15e12, dispatch: 1.5e-5 },
  // The limit that rows were made for: arithmetic costs nothing beside reading. JSON has no Infinity.
  { name: 'desktop GPU, bound by reading', bandwidth: 700e9, operations: 1e18, dispatch: 1.5e-5 },
];
/** A pair of the reference set: an image of 384 × 384 is 196 tokens. */
const PAIR_7B = { before: 15, image: 196, after: 19 };
const SHAPES_7B = (['single', 'from-layer', 'text'] as const).flatMap((reading) =>
  [{ newTokens: 8 }, { newTokens: 64 }, { newTokens: 512 }, { newTokens: 64, pairs: 4 }].map((answers) => ({
    ...PAIR_7B,
    reading,
    ...answers,
  })),
);

/** Milliseconds are those of one pair. */
export interface SweepResult {
  readonly layers: number;
  readonly newTokens: number;
  readonly rows: number;
  readonly plainMs: number;
  /** With the source's capture. */
  readonly sweepMs: number;
  /** Of several pairs in one batch, divided by their number. */
  readonly packed: { readonly pairs: number; readonly ms: number };
  readonly oneByOneMs: number;
  /** The sweep with every layer a run of its own: what sharing layers while decoding would begin with. */
  readonly layerByLayerMs: number;
  /** packed / plain; the aim is ≤ 3. */
  readonly toPlain: number;
  readonly fasterThanOneByOne: number;
  /** Whether packed rows, rows and runs of their own said the same. */
  readonly sameTokens: boolean;
}

/** `slow`: a software GPU, where one shape in one round has to do. */
export async function benchSweep(
  backend: Backend,
  convert: ReadAndConvert,
  log: (line: string) => void,
  slow: boolean,
): Promise<unknown> {
  const measured: SweepResult[] = [];
  for (const config of slow ? [SMALL] : [SMALL, DEEP]) {
    const files = await syntheticCheckpoint(config, `sweep-${config.text.layers}`, 1);
    const { subject } = await loadSubject(backend, config, files, 'f32', convert);
    for (const newTokens of slow ? NEW_TOKENS.slice(0, 1) : NEW_TOKENS) {
      log(`sweep over ${config.text.layers} layers, ${newTokens} tokens`);
      const result = await sweepOnce(backend, config, subject, newTokens, slow ? 1 : ROUNDS);
      log(inWords(result));
      measured.push(result);
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

function inWords({ rows, plainMs, sweepMs, packed, oneByOneMs, ...ratios }: SweepResult): string {
  const ms = (value: number): string => `${Math.round(value)} ms`;
  return (
    `plain ${ms(plainMs)}, ${rows} rows ${ms(sweepMs)}, ${packed.pairs} pairs packed ${ms(packed.ms)} each, ` +
    `one by one ${ms(oneByOneMs)}: ${ratios.toPlain.toFixed(1)} × plain, ` +
    `${ratios.fasterThanOneByOne.toFixed(1)} × faster than one by one, ` +
    (ratios.sameTokens ? 'the same tokens' : 'OTHER TOKENS')
  );
}

async function sweepOnce(
  backend: Backend,
  config: VlmConfig,
  subject: ResidentSubject,
  newTokens: number,
  rounds: number,
): Promise<SweepResult> {
  const { layers } = config.text;
  const { sequence: text, nextPosition } = await randomSequence(subject, PROMPT_TOKENS);
  const sequence: Sequence = { ...text, imagePositions: IMAGE_POSITIONS };
  // Another image: the same positions, other embeddings.
  const width = config.text.hiddenSize;
  const image = new Set(IMAGE_POSITIONS);
  const source: Sequence = {
    ...sequence,
    hidden: sequence.hidden.map((value, at) => (image.has(Math.floor(at / width)) ? -value : value)),
  };
  const swaps = Array.from({ length: layers }, (_, layer): RowSpec => ({
    swap: { source: 'source', layers: [layer] },
  }));
  const rows = [{}, ...swaps];
  const [whole, split] = [createRuntime(backend), createRuntime(backend, 1)];
  /** `batches` of prompts, each prompt with its rows; sources are captured again for each `captures`. */
  const run = async (
    runtime: Runtime,
    captures: number,
    batches: readonly (readonly (readonly RowSpec[])[])[],
    maxNewTokens: number,
  ): Promise<{ readonly tokens: number[][]; readonly milliseconds: number }> => {
    const started = performance.now();
    const sources = new Map<string, CapturedKv>();
    for (let count = 0; count < captures; count++)
      sources.set('source', await captureKv(runtime, subject, source));
    const tokens: number[][] = [];
    for (const batch of batches) {
      const prompts = batch.map((rows) => ({
        ...{ sequence, nextPosition, rows },
        ...{ maxNewTokens, rowsPerPrefill: rows.length },
      }));
      const sampling = { temperature: 0, seed: 0 };
      const decoded = await generateAll(runtime, subject, prompts, { sampling, sources });
      tokens.push(...decoded.flat().map((row) => row.tokens));
    }
    return { tokens, milliseconds: performance.now() - started };
  };
  const kinds = {
    plain: (most: number) => run(whole, 0, [[[{}]]], most),
    sweep: (most: number) => run(whole, 1, [[rows]], most),
    packed: (most: number) => run(whole, PACKED, [Array.from({ length: PACKED }, () => rows)], most),
    alone: (most: number) => {
      const batches = rows.map((row) => [[row]]);
      return run(whole, 1, batches, most);
    },
    split: (most: number) => run(split, 1, [[rows]], most),
  };
  type Kind = keyof typeof kinds;
  const times: Record<Kind, number[]> = { plain: [], sweep: [], packed: [], alone: [], split: [] };
  const said: Record<Kind, number[][]> = { plain: [], sweep: [], packed: [], alone: [], split: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const kind of Object.keys(kinds) as Kind[]) {
      // The longest ones once: they are not what the aim is about.
      if (round > 1 && (kind === 'alone' || kind === 'split')) continue;
      const { tokens, milliseconds } = await kinds[kind](round === 0 ? WARM_UP_TOKENS : newTokens);
      said[kind] = tokens;
      if (round > 0) times[kind].push(milliseconds);
    }
  }
  const [plainMs, sweepMs, oneByOneMs] = [median(times.plain), median(times.sweep), median(times.alone)];
  const packedMs = median(times.packed) / PACKED;
  const same = (all: readonly (readonly number[])[]): boolean =>
    all.every((tokens, index) => String(tokens) === String(said.alone[index % rows.length]));
  return {
    layers,
    newTokens,
    rows: rows.length,
    plainMs,
    sweepMs,
    packed: { pairs: PACKED, ms: packedMs },
    oneByOneMs,
    layerByLayerMs: median(times.split),
    toPlain: packedMs / plainMs,
    fasterThanOneByOne: oneByOneMs / packedMs,
    sameTokens: [said.plain, said.sweep, said.packed, said.split].every(same),
  };
}
