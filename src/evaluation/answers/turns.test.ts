/** The eight standard variants where models take turns: the same answers and files as with all of them held, within the memory stated. */
import { ort } from '../../engine/testing/one-thread-ort.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { WasmBackend } from '../../engine/backend/wasm.ts';
import { Engine, type Surroundings } from '../../engine/engine.ts';
import type { PlannedTurns } from '../../engine/protocol/loading.ts';
import { type ModelId, type Subject, wholeModel } from '../../engine/subject.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder, goldenImages } from '../../engine/testing/goldens.ts';
import { INLINE } from '../../engine/testing/inline-surroundings.ts';
import { STANDARD_BLOCKS } from '../../merge/recipe/blocks.ts';
import { type Experiment, transferExperiments } from '../experiment.ts';
import { NamedError } from '../../named-error.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import type { EvaluationSample } from '../samples/sample.ts';
import { gradeAll } from '../tables/graded.ts';
import { metricTable } from '../tables/metric-table.ts';
import { resultFiles } from '../testing/results.ts';
import { blockVariant, type ResidentCheckpoint, type Variant } from '../variant.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import type { Answer } from './answer.ts';
import { answerAll } from './answer-all.ts';
import { type Ask, planAsks } from './ask.ts';

const FOLDERS = { IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' } as const;
const [IN, RL] = ['IN', 'RL'] as [ModelId, ModelId];
const settings = {
  ...{ style: PROMPT_STYLES.demo, maxNewTokens: 12, maxImagePixels: 2 ** 20 },
  ...{ imageProcessing: 'transformers-5' as const, device: 'wasm', dtype: 'f32' },
};

/** Counts the bytes of graphs, which carry weights, beside those of tensors; and tells of every change. */
class CountingBackend extends WasmBackend {
  graphBytes = 0;
  compiled = 0;
  onChange: () => void = () => undefined;
  readonly #sizes = new WeakMap<object, number>();

  override async compile(...given: Parameters<WasmBackend['compile']>) {
    const graph = await super.compile(...given);
    const bytes = given[0].model.byteLength;
    this.#sizes.set(graph, bytes);
    this.graphBytes += bytes;
    this.compiled += 1;
    this.onChange();
    return graph;
  }

  override async releaseGraph(graph: Parameters<WasmBackend['releaseGraph']>[0]): Promise<void> {
    await super.releaseGraph(graph);
    this.graphBytes -= this.#sizes.get(graph) ?? 0;
  }

  override upload(...given: Parameters<WasmBackend['upload']>) {
    const tensor = super.upload(...given);
    this.onChange();
    return tensor;
  }
}

/** What it holds: arrays, each once; graphs; tensors. */
class CountedEngine extends Engine {
  readonly backendOf: CountingBackend;
  peakBytes = 0;
  readonly asked: Subject[] = [];

  constructor(backend: CountingBackend, surroundings: Pick<Surroundings, 'decodeImage' | 'convert'>) {
    super({ ...surroundings, kept: null, createBackend: () => Promise.resolve(backend) });
    this.backendOf = backend;
    backend.onChange = () => {
      this.peakBytes = Math.max(this.peakBytes, this.bytes);
    };
  }

  override generateAll(...given: Parameters<Engine['generateAll']>) {
    this.asked.push(given[0].subject);
    return super.generateAll(...given);
  }

  get weightBytes(): number {
    return this.resolve(wholeModel(IN, 3)).ready.weights.bytes;
  }

  get bytes(): number {
    return this.weightBytes + this.backendOf.graphBytes + this.backendOf.heldBytes;
  }
}

let pictures: Awaited<ReturnType<typeof goldenImages>>;
let experiments: readonly Experiment[];
let asks: readonly Ask[];
let variants: readonly Variant[];
let held: ReadonlyMap<string, Answer>;
let weightBytes: number;
/** Most that tensors took while all models were held. */
let answering = 0;

// Black pictures are made here and have no name; the goldens hold no decoder.
const decodeImage = (file: Blob) =>
  'name' in file
    ? pictures.decode(file as File)
    : Promise.resolve({ width: 56, height: 56, rgb: new Uint8Array(3 * 56 * 56) });

/** Both checkpoints, opened and loaded. */
async function engineOf(memory?: number, convert = INLINE.convert) {
  const engine = new CountedEngine(new CountingBackend(ort), { decodeImage: decodeImage as never, convert });
  const resident: Record<string, ResidentCheckpoint & { readonly weightBytes: number }> = {};
  for (const id of [IN, RL]) {
    const name = FOLDERS[id as string as 'IN'];
    const checkpoint = await engine.open(id, name, await goldenFolder(readFromDisk, name));
    const options = { device: 'wasm', dtype: 'f32', ...(memory === undefined ? {} : { memory }) } as const;
    const model = await engine.load(id, id, options, () => undefined);
    resident[id] = { checkpoint, model, weightBytes: model.weightBytes };
  }
  return { engine, resident };
}

function written(answers: ReadonlyMap<string, Answer>): ReadonlyMap<string, string> {
  const graded = gradeAll(asks, answers);
  return resultFiles(metricTable(graded, 'IN'), graded, experiments, { version: '0' });
}

beforeAll(async () => {
  pictures = await goldenImages(readFromDisk);
  const image = async (name: string, id: string): Promise<EvaluationSample> => ({
    ...{ id, question: `What is in picture ${id}?`, answer: 'x', description: `a picture, ${id}` },
    image: await pictures.file(name),
  });
  const visual = [await image('square', 'a'), await image('wide', 'bb')];
  experiments = transferExperiments({
    ...{ general: visual, mathTargeted: visual },
    textOnly: [1, 22, 333].map((n) => ({ id: `${n}`, question: `How much is ${n} and ${n}?`, answer: '' })),
  });
  const { engine, resident } = await engineOf();
  variants = await Promise.all(STANDARD_BLOCKS.map((blocks) => blockVariant(blocks, resident)));
  asks = await planAsks(variants, experiments, settings);
  weightBytes = resident['IN']?.weightBytes ?? 0;
  engine.backendOf.onChange = () => {
    answering = Math.max(answering, engine.backendOf.heldBytes);
  };
  held = await answerAll(engine, asks, settings, {}, 4);
});

/** Of 1.3 models, each counted with the graphs that carry it, beside what answering took at most. */
const memory = (): number => 1.3 * 2 * weightBytes + answering;

it('are the same to the last byte, within memory for 1.3 of two models', async () => {
  expect(new Set([...held.values()].map(({ text }) => text)).size).toBeGreaterThan(held.size / 2);
  let converted = 0;
  const { engine } = await engineOf(memory(), (...piece) => {
    converted += 1;
    return INLINE.convert(...piece);
  });
  const loaded = converted;
  const planned = (await engine.turns(
    variants.map(({ subject }) => subject),
    4,
    200,
  )) as PlannedTurns;
  const turns: string[] = [];
  const onProgress = ({ phase, of = '', done, total }: WorkProgress): void => {
    if (phase === 'reading weights') turns.push(`${of} ${done}/${total}`);
  };
  const answers = await answerAll(engine, asks, settings, { onProgress }, 4);
  // Whose weights are read is told once a turn, with the answers before it: as many of each variant.
  const each = held.size / variants.length;
  const told = planned.order.map((turn, at) => `${variants[turn]?.name} ${at * each}/${held.size}`);
  expect(turns).toEqual(told);
  expect(answers).toEqual(held);
  expect([...written(answers)]).toEqual([...written(held)]);
  expect(engine.peakBytes).toBeLessThanOrEqual(memory());
  expect(2 * 2 * weightBytes).toBeGreaterThan(memory());
  // Turns were taken, in another order than records have, and never as if nothing were held.
  expect(converted).toBeGreaterThan(loaded);
  expect(planned.order).not.toEqual([...variants.keys()]);
  const asked = planned.order.map((turn) => variants[turn]?.subject);
  expect(engine.asked.filter((subject, at) => subject !== engine.asked[at - 1])).toEqual(asked);
  expect(planned.bytesReadAgain).toBeLessThan(variants.length * weightBytes);
});

it('say what is the least memory where one alone does not fit, and do with that', async () => {
  const [ask] = asks.filter(({ setting }) => setting.input === 'question_only') as [Ask];
  const small = await engineOf(2 * weightBytes + 1000).then(
    ({ engine }) => engine,
    (error: unknown) => error,
  );
  expect(small).toMatchObject({ name: 'DoesNotFit', place: { file: FOLDERS.IN } });
  const long = { ...settings, maxNewTokens: 400 };
  const answerIn = async (bytes?: number) => answerAll((await engineOf(bytes)).engine, [ask], long);
  const refused = await answerIn(2 * weightBytes + 40_000).catch((error: unknown) => error);
  expect(refused).toMatchObject({ name: 'DoesNotFit', place: { field: 'memory' } });
  const [, least] = /state (\d+\.\d) MiB or more/.exec((refused as NamedError).remedy) ?? [];
  expect(await answerIn(Number(least) * 2 ** 20)).toEqual(await answerIn());
});

describe('a turn that goes wrong', () => {
  type Convert = typeof INLINE.convert;
  /** What pieces of tensors meet once everything is loaded. */
  let meets: (piece: Parameters<Convert>) => ReturnType<Convert>;
  let engine: CountedEngine;
  const ofLayers = () =>
    asks.filter(
      ({ setting, variant }) => setting.input === 'question_only' && /^(IN|RL)$/.test(variant.name),
    );

  async function begin(): Promise<void> {
    meets = (piece) => INLINE.convert(...piece);
    ({ engine } = await engineOf(memory(), (...piece) => meets(piece)));
    // RL is held in part after this: IN's turn is over.
    for (const name of ['RL', 'IN'])
      await answerAll(
        engine,
        ofLayers().filter(({ variant }) => variant.name === name),
        settings,
      );
  }

  /** RL's turn as it goes wrong, then what both say. */
  async function rlFails(): Promise<unknown> {
    const rl = ofLayers().filter(({ variant }) => variant.name === 'RL');
    const failure = await answerAll(engine, rl, settings).catch((error: unknown) => error);
    meets = (piece) => INLINE.convert(...piece);
    const after = await answerAll(engine, ofLayers(), settings);
    for (const [key, answer] of after) expect(answer).toEqual(held.get(key));
    expect(after.size).toBe(2 * 3);
    expect(engine.peakBytes).toBeLessThanOrEqual(memory());
    return failure;
  }

  it('by a cancel is over at once, and taken anew', async () => {
    await begin();
    const control = new AbortController();
    meets = async (piece) => {
      control.abort();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return INLINE.convert(...piece);
    };
    const rl = ofLayers().filter(({ variant }) => variant.name === 'RL');
    const cut = answerAll(engine, rl, settings, { signal: control.signal });
    await expect(cut).rejects.toMatchObject({ name: 'Cancelled' });
    expect(control.signal.aborted).toBe(true);
    await rlFails();
  });

  it('by a file that changed names it, and mixes nothing', async () => {
    await begin();
    meets = async ([source, range, task, group]) => {
      const bytes = new Uint8Array(await source.slice(0, source.size).arrayBuffer());
      bytes[range.end - 1] = (bytes[range.end - 1] ?? 0) ^ 1;
      return INLINE.convert(new File([bytes], 'changed'), range, task, group);
    };
    expect(await rlFails()).toMatchObject({
      ...{ name: 'FileChanged', place: { file: 'model.safetensors' } },
    });
  });

  it('by a file that is gone names it', async () => {
    await begin();
    const gone = new NamedError(
      'FileUnreadable',
      'it is gone',
      { file: 'model.safetensors' },
      'choose it again',
    );
    meets = () => Promise.reject(gone);
    expect(await rlFails()).toMatchObject({ name: 'FileUnreadable', place: { file: 'model.safetensors' } });
  });
});

it('of two analyses at once answer each as if it were alone', async () => {
  const { engine } = await engineOf(memory());
  const half = (parity: number) => asks.filter((_, index) => index % 2 === parity);
  const both = await Promise.all([0, 1].map((parity) => answerAll(engine, half(parity), settings, {}, 3)));
  for (const answers of both) for (const [key, answer] of answers) expect(answer).toEqual(held.get(key));
  expect(new Set(both.flatMap((answers) => [...answers.keys()]))).toEqual(new Set(held.keys()));
  expect(engine.peakBytes).toBeLessThanOrEqual(memory());
});
