/** Two golden checkpoints in an engine, golden cases as samples of the probes, and what transformers makes of them. */
import { Engine } from '../../engine/engine.ts';
import type { Golden, GoldenAnswer } from '../../engine/testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from '../../engine/testing/goldens.ts';
import { readTensors } from '../../checkpoint/small-tensors.ts';
import { wasmBackend } from '../../engine/testing/golden-model.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { INLINE } from '../../engine/testing/inline-surroundings.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import type { ModelId, Subject } from '../../engine/subject.ts';
import { wholeModel } from '../../engine/subject.ts';
import type { Pair } from '../data/pair.ts';
import type { Problem } from '../data/problem.ts';
import type { ProbeEngine } from '../probe-engine.ts';

/** Of one case. */
interface ProbeGolden {
  readonly lens: readonly {
    readonly top: number;
    readonly topProbability: number;
    readonly token: number;
    readonly probability: number;
    readonly rank: number;
  }[];
  readonly patched: readonly GoldenAnswer[];
  readonly attention?: {
    readonly tokens: readonly number[];
    readonly keys: number;
    readonly mass: readonly (readonly number[])[];
  };
  /** With DeepStack: each layer silenced, and nothing added after it. */
  readonly ablatedWithInjection?: readonly GoldenAnswer[];
}

export interface GoldenProbes {
  readonly engine: Engine & ProbeEngine;
  readonly images: Awaited<ReturnType<typeof goldenImages>>;
  /** The recipient, opened and loaded. */
  readonly recipient: { readonly summary: OpenedCheckpoint; readonly loaded: LoadedModel };
  readonly subject: Subject;
  readonly donor: Subject;
  /** Of the subject. */
  readonly golden: Golden;
  readonly probes: Readonly<Record<string, ProbeGolden>>;
  readonly maps: Awaited<ReturnType<typeof readTensors>>;
  /** Case `name`, with image `source` to be swapped in. */
  pairOf(name: 'square' | 'wide', source: string): Promise<Pair>;
  problemOf(name: string): Promise<Problem>;
  /** What an answer of golden tokens says, up to its first unclear choice. */
  clearText(answer: GoldenAnswer | undefined): string;
}

/** @param expected file of `tools/goldens/data/expected` */
export async function goldenProbes(
  recipient: string,
  donor: string,
  layers: number,
  expected: string,
): Promise<GoldenProbes> {
  const images = await goldenImages(readFromDisk);
  const engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  const load = async (name: string): Promise<GoldenProbes['recipient']> => {
    const id = name as ModelId;
    const summary = await engine.open(id, name, await goldenFolder(readFromDisk, name));
    const options = { device: 'wasm', dtype: 'f32' } as const;
    return { summary, loaded: await engine.load(`load ${name}`, id, options, () => undefined) };
  };
  const loaded = await load(recipient);
  await load(donor);
  const golden = await readGolden(readFromDisk, recipient);
  const text = new TextDecoder().decode(await readFromDisk(`expected/${expected}.json`));
  const tensors = `${expected}.safetensors`;
  /** The text of a golden case with one image. */
  const promptOf = (name: string): string => {
    const content = golden.cases[name]?.messages[0]?.content ?? '';
    const parts = typeof content === 'string' ? [] : content;
    return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  };
  return {
    ...{ engine, images, golden },
    recipient: loaded,
    subject: wholeModel(recipient as ModelId, layers),
    donor: wholeModel(donor as ModelId, layers),
    probes: (JSON.parse(text) as { cases: Record<string, ProbeGolden> }).cases,
    maps: await readTensors(await readFromDisk(`expected/${tensors}`), tensors),
    pairOf: async (name, source) => ({
      ...{ id: `${name}-${source}`, task: 'ocr', prompt: promptOf(name) },
      ...{ target: await images.file(name), source: await images.file(source) },
      ...{ targetAnswer: 'a', sourceAnswer: 'b' },
    }),
    problemOf: async (name) => {
      const [image] = golden.cases[name]?.images ?? [];
      const question = promptOf(name);
      return { id: name, question, answer: '', ...(image ? { image: await images.file(image) } : {}) };
    },
    clearText: (answer) => {
      if (!answer) throw new RangeError('no such golden answer');
      const { tokenizer } = engine.folder(recipient as ModelId);
      return tokenizer.decode(answer.tokens.slice(0, answer.compared), { skipSpecial: true });
    },
  };
}
