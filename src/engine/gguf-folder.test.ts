/** Folders of GGUF files, run: answers of transformers on the dequantized weights (tools/quantized/gguf_files.py). */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { BLOCK_SIZES } from '../checkpoint/formats/gguf/ggml-types.ts';
import {
  bytesOf,
  ggufFile,
  type Key,
  seededBytes,
  type WrittenTensor,
} from '../checkpoint/formats/gguf/testing/gguf-file.ts';
import { Engine } from './engine.ts';
import type { WeightDtype } from './protocol/device.ts';
import type { LoadedModel } from './protocol/loading.ts';
import type { ModelId, Subject } from './subject.ts';
import { wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { readFromDisk } from './testing/goldens-from-disk.ts';
import { type GoldenCase, goldenImages } from './testing/goldens.ts';
import { relativeError } from '../statistics/relative-error.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const DATA = new URL('../../tools/quantized/data/gguf/', import.meta.url);
const LOGITS_BOUND = 2e-5;
const NEW_TOKENS = 16;

const read = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(name, DATA)));
const json = async <T>(name: string): Promise<T> =>
  JSON.parse(new TextDecoder().decode(await read(name))) as T;

type Case = Pick<GoldenCase, 'messages' | 'images' | 'inputIds'> & {
  readonly tokens: readonly number[];
  readonly compared: number;
  /** Base64 of float32. */
  readonly logits: string;
};

interface SeededTensor extends Omit<WrittenTensor, 'bytes'> {
  readonly seed: number;
  /** Numbers in float32, made of the bytes, instead of bytes of blocks. */
  readonly values?: boolean;
  /** Bytes of every block that are set: place, and what. */
  readonly fixed?: readonly (readonly number[])[];
}

interface Seeded {
  readonly language: readonly Key[];
  readonly vision: readonly Key[];
  readonly tensors: readonly SeededTensor[];
  readonly cases: Readonly<Record<string, Case>>;
}

async function mixed(): Promise<Map<string, File>> {
  return new Map([
    ['tiny.gguf', new File([await read('mixed.gguf')], 'tiny.gguf')],
    ['mmproj-tiny.gguf', new File([await read('mixed-mmproj.gguf')], 'mmproj-tiny.gguf')],
  ]);
}

/** The names say nothing of what the files are. */
function seededFolder({ language, vision, tensors }: Seeded): Map<string, File> {
  const written = tensors.map((tensor) => ({ ...tensor, bytes: bytesOfSeeded(tensor) }));
  const ofTower = (name: string): boolean => /^(v|mm)\./.test(name);
  const first = ggufFile(
    language,
    written.filter(({ name }) => !ofTower(name)),
  );
  const second = ggufFile(
    vision,
    written.filter(({ name }) => ofTower(name)),
  );
  return new Map([
    ['b.gguf', new File([first], 'b.gguf')],
    ['a.gguf', new File([second], 'a.gguf')],
  ]);
}

function bytesOfSeeded({ name, type, shape, seed, values, fixed = [] }: SeededTensor): Uint8Array {
  if (values === true) {
    const unit = name.includes('patch_embd') ? 4096 : 64;
    const around = /norm|ln/.test(name) ? 1 : 0;
    const drawn = seededBytes(seed, bytesOf('F32', shape) / 4);
    return new Uint8Array(
      Float32Array.from(drawn, (byte) => around + (byte - 128) / unit / (around === 1 ? 16 : 1)).buffer,
    );
  }
  const bytes = seededBytes(seed, bytesOf(type, shape));
  for (let at = 0; at < bytes.length; at += BLOCK_SIZES[type].bytes)
    for (const [place = 0, ...what] of fixed) bytes.set(what, at + place);
  return bytes;
}

async function opened(
  files: ReadonlyMap<string, File>,
  dtype: WeightDtype = 'f32',
): Promise<{ engine: Engine; subject: Subject; loaded: LoadedModel }> {
  const images = await goldenImages(readFromDisk);
  const engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  const id = 'gguf' as ModelId;
  const { layers } = await engine.open(id, 'gguf', await readableFolder(files));
  const loaded = await engine.load('load', id, { device: 'wasm', dtype }, () => undefined);
  return { engine, subject: wholeModel(id, layers), loaded };
}

async function expectAnswers(
  files: ReadonlyMap<string, File>,
  cases: Readonly<Record<string, Case>>,
): Promise<void> {
  const { engine, subject } = await opened(files);
  const pictures = await goldenImages(readFromDisk);
  for (const [name, item] of Object.entries(cases)) {
    const images = await Promise.all(item.images.map((image) => pictures.file(image)));
    const request = { job: name, subject, messages: item.messages, images };
    const { rows } = await engine.forward(request);
    const expected = new Float32Array(Uint8Array.from(Buffer.from(item.logits, 'base64')).buffer);
    expect(relativeError(rows[0]?.logits as Float32Array, expected), `${name} logits`).toBeLessThan(
      LOGITS_BOUND,
    );
    const generated = await engine.generate({ ...request, maxNewTokens: NEW_TOKENS }, () => undefined);
    expect(item.compared).toBeGreaterThanOrEqual(12);
    const compared = Math.min(item.compared, NEW_TOKENS);
    expect(generated.rows[0]?.tokens.slice(0, compared), name).toEqual(item.tokens.slice(0, compared));
  }
}

describe('a Qwen2.5-VL in GGUF, with and without a picture', () => {
  it('of Q4_0, Q4_1, Q5_0, Q8_0, BF16 and F16', async () => {
    const { cases } = await json<{ cases: Record<string, Case> }>('mixed.json');
    await expectAnswers(await mixed(), cases);
  });

  it('of K types, IQ4 and MXFP4', async () => {
    const seeded = await json<Seeded>('blocks-of-256.json');
    await expectAnswers(seededFolder(seeded), seeded.cases);
  });
});

describe('matrices that the device takes as they are stored', () => {
  /** The model of 256, its matrices of one type. */
  async function folderOf(type: 'Q4_0' | 'Q8_0', scale: readonly number[]): Promise<Map<string, File>> {
    const seeded = await json<Seeded>('blocks-of-256.json');
    const tensors = seeded.tensors.map((tensor): SeededTensor => {
      const { values, ...rest } = tensor;
      return values === true ? tensor : { ...rest, type, fixed: [[0, ...scale]] };
    });
    return seededFolder({ ...seeded, tensors });
  }

  // Halves of about 0.02 and 0.001: the spread that keeps a random model's numbers in bounds.
  it.each([
    ['Q4_0', 'q4', [0x1f, 0x25]],
    ['Q8_0', 'q8', [0x19, 0x14]],
  ] as const)('%s in %s: all of them, with the answers of the decoded values', async (type, dtype, scale) => {
    const files = await folderOf(type, scale);
    const messages = [{ role: 'user' as const, content: 'What is two plus three?' }];
    const logits: Float32Array[] = [];
    for (const held of ['f32', dtype] as const) {
      const { engine, subject, loaded } = await opened(files, held);
      const { rows } = await engine.forward({ job: 'x', subject, messages, images: [] });
      logits.push(rows[0]?.logits as Float32Array);
      if (held !== 'f32')
        expect(loaded.stored).toEqual({ asStored: expect.any(Number) as number, decoded: 0 });
      if (held !== 'f32') expect(loaded.stored?.asStored).toBeGreaterThan(6);
    }
    const [decoded, stored] = logits as [Float32Array, Float32Array];
    expect(decoded.every(Number.isFinite)).toBe(true);
    expect(relativeError(stored, decoded)).toBeLessThan(LOGITS_BOUND);
  });
});
