/** Load throughput against a bare read, and a 7B-shaped layer end to end. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import type { Backend } from '../engine/backend/backend.ts';
import { kvCacheBytes, prefillBytesPerRow } from '../engine/estimate.ts';
import type { WeightDtype } from '../engine/protocol/device.ts';
import { createRuntime } from '../engine/runtime.ts';
import { WeightArrays } from '../engine/weights/arrays.ts';
import { KeptFiles } from '../engine/weights/kept-files.ts';
import { OpfsKeptWeights } from '../engine/weights/kept-opfs.ts';
import type { ReadAndConvert } from '../engine/weights/load.ts';
import { loadWeights } from '../engine/weights/load.ts';
import { planWeights } from '../engine/weights/plan.ts';
import { BareReads, type BeforeRead, readInOneThread, type Slice, slicesOf } from './bare-read.ts';
import { ONE_LAYER_OF_7B } from './models.ts';
import { loadSubject, median, randomSequence, timedRun } from './resident.ts';
import { removeSynthetic, syntheticCheckpoint } from './synthetic.ts';

const PIECE_BYTES = 16 * 2 ** 20;
const PROMPT_TOKENS = 32;
const NEW_TOKENS = 8;
/** Bare reads, and loads after them, of each dtype. */
const PAIRS = 7;
const QUANTIZED: readonly WeightDtype[] = ['q4', 'q8'];

/** One layer, embedding and head of 7B: 1.6 GB of bf16 read, quantized both ways by turns with bare reads of one thread and of as many as load, and run in q4. */
export async function benchLayerOf7b(backend: Backend, convert: ReadAndConvert, beforeRead: BeforeRead) {
  const config = ONE_LAYER_OF_7B;
  const files = await syntheticCheckpoint(config, 'layer7b', 2);
  const loads: Partial<Record<WeightDtype, object>> = {};
  const reads = new BareReads();
  for (const dtype of QUANTIZED) {
    const [bare, alone, rates]: [number[], number[], number[]] = [[], [], []];
    // Once before any pair: what both read is then in the machine's memory, as far as it goes.
    const slices = await slicesOf(async (using) => {
      const { subject } = await loadSubject(backend, config, files, dtype, using);
      subject.rest.arrays.dispose();
    }, convert);
    for (let pair = 0; pair < PAIRS; pair += 1) {
      await beforeRead();
      alone.push(await inOneThread(slices));
      await beforeRead();
      bare.push(await reads.perSecond(slices));
      await beforeRead();
      const { subject, bytesRead, seconds } = await loadSubject(backend, config, files, dtype, convert);
      subject.rest.arrays.dispose();
      rates.push(bytesRead / seconds);
    }
    const ratios = rates.map((rate, pair) => rate / (alone[pair] as number));
    const threadRatios = rates.map((rate, pair) => rate / (bare[pair] as number));
    loads[dtype] = {
      bareReadBytesPerSecond: median(bare),
      loadBytesPerSecond: median(rates),
      slices: slices.length,
      ...{ ratio: median(ratios), ratios },
      ...{ threadRatio: median(threadRatios), threadRatios },
    };
  }
  reads.dispose();
  const dtype = 'q4';
  const kept = await benchKept(backend, await openCheckpoint(files), convert, beforeRead);
  const { subject, bytesRead } = await loadSubject(backend, config, files, dtype, convert);
  const { sequence, nextPosition } = await randomSequence(subject, PROMPT_TOKENS);
  const { tokens, milliseconds } = await timedRun(createRuntime(backend), subject, sequence, {
    ...{ nextPosition, rows: [{}], maxNewTokens: NEW_TOKENS },
  });
  const weights = subject.rest.arrays.bytes;
  const { headShards } = subject.rest;
  subject.rest.arrays.dispose();
  await removeSynthetic();
  const batch = { rows: 1, tokens: PROMPT_TOKENS + NEW_TOKENS };
  return {
    storedBytes: bytesRead,
    loads,
    kept,
    run: {
      dtype,
      deviceBytes: {
        weights,
        estimatedBatch: kvCacheBytes(config.text, batch) + prefillBytesPerRow(config.text, PROMPT_TOKENS),
        headShards: headShards.length,
      },
      msPerToken: median(milliseconds),
      finiteAnswer: tokens.every((token) => token >= 0 && token < config.text.vocabSize),
    },
  };
}

/** Bytes a second. */
async function inOneThread(slices: readonly Slice[]): Promise<number> {
  const started = performance.now();
  await readInOneThread(slices);
  const bytes = slices.reduce((sum, { start, end }) => sum + end - start, 0);
  return (1000 * bytes) / (performance.now() - started);
}

/** A kept copy in q4, restored in pairs with reading its file, piece after piece, into one buffer. */
async function benchKept(
  backend: Backend,
  checkpoint: Checkpoint,
  convert: ReadAndConvert,
  beforeRead: BeforeRead,
) {
  const [key, dates] = ['bench', {}];
  const copies = new OpfsKeptWeights();
  const plan = planWeights(ONE_LAYER_OF_7B, 'q4', backend.maxTensorBytes);
  const keeper = await copies.keep(key, key, 'q4', plan, dates);
  const arrays = new WeightArrays(backend);
  const report = await loadWeights(checkpoint, plan, arrays, {
    convert,
    ...(keeper ? { tap: keeper.write } : {}),
  });
  await keeper?.commit(report);
  arrays.dispose();
  const [bare, rates]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    await beforeRead();
    bare.push(await bareReadOfCopy(key));
    await beforeRead();
    const restored = new WeightArrays(backend);
    const started = performance.now();
    const { bytesRead = 0 } = (await copies.restore(key, plan, restored, { dates })) ?? {};
    rates.push((1000 * bytesRead) / (performance.now() - started));
    restored.dispose();
  }
  await copies.delete(key);
  const ratios = rates.map((rate, pair) => rate / (bare[pair] as number));
  return {
    bareReadBytesPerSecond: median(bare),
    restoreBytesPerSecond: median(rates),
    ...{ ratio: median(ratios), ratios },
  };
}

async function bareReadOfCopy(key: string): Promise<number> {
  const data = await (await KeptFiles.open())?.openData(key);
  const size = data?.getSize() ?? 0;
  const buffer = new Uint8Array(PIECE_BYTES);
  const started = performance.now();
  for (let at = 0; at < size; at += PIECE_BYTES) data?.read(buffer, { at });
  const seconds = (performance.now() - started) / 1000;
  data?.close();
  return size / seconds;
}
