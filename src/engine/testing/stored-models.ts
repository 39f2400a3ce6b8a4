/** Small models in every stored format, folder by folder, and what transformers answers on the values they stand for (`tools/quantized`). */
import { readdir, readFile } from 'node:fs/promises';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { parentOf } from '../../checkpoint/formats/safetensors/activation-scales.ts';
import { BLOCK_SIZES } from '../../checkpoint/formats/gguf/ggml-types.ts';
import {
  bytesOf,
  ggufFile,
  type Key,
  seededBytes,
  type WrittenTensor,
} from '../../checkpoint/formats/gguf/testing/gguf-file.ts';
import { rawTensors } from '../../checkpoint/formats/testing/float-cases.ts';
import { safetensorsOf } from '../../checkpoint/formats/testing/raw-tensors.ts';
import { adapterFiles, BASES, expectedOfPeft } from './adapters.ts';
import { readFromDisk } from './goldens-from-disk.ts';
import { type GoldenAnswer, type GoldenCase, goldenFolder } from './goldens.ts';

const DATA = new URL('../../../tools/quantized/data/', import.meta.url);

export const readStored = async (file: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(file, DATA)));
const json = async <T>(file: string): Promise<T> =>
  JSON.parse(new TextDecoder().decode(await readStored(file))) as T;
const fileOf = (name: string, bytes: BlobPart): [string, File] => [name, new File([bytes], name)];

/** A checkpoint's folder whose modules give way to these tensors, declared as `quantization_config`: all in one file. */
async function replaced(base: string, stored: string, declared: object): Promise<Map<string, File>> {
  const files = await goldenFolder(readFromDisk, base);
  const tensors = await rawTensors(await readStored(stored));
  for (const name of tensors.keys()) if (name.startsWith('expected/')) tensors.delete(name);
  const modules = new Set([...tensors.keys()].map((name) => name.replace(/(_proj|qkv|proj)\..*$/, '$1')));
  const weights = [...files.keys()].filter((name) => name.includes('.safetensors'));
  for (const name of weights.filter((file) => file.endsWith('.safetensors')))
    for (const [key, tensor] of await rawTensors(await readFromDisk(`checkpoints/${base}/${name}`)))
      if (!key.endsWith('.weight') || !modules.has(parentOf(key))) tensors.set(key, tensor);
  for (const name of weights) files.delete(name);
  const config = JSON.parse((await files.get('config.json')?.text()) ?? '{}') as object;
  const text = JSON.stringify({ ...config, quantization_config: declared });
  return new Map([
    ...files,
    fileOf('config.json', text),
    fileOf('model.safetensors', safetensorsOf(tensors)),
  ]);
}

export interface IntegerModel {
  readonly base: string;
  readonly case: string;
  readonly quantization_config: object;
  readonly greedy: GoldenAnswer;
}

export type IntegerKind = 'gptq' | 'awq' | 'compressed-tensors';

export async function integerModel(
  kind: IntegerKind,
): Promise<IntegerModel & { readonly files: Map<string, File> }> {
  const found = await json<IntegerModel>(`integers/model-${kind}.json`);
  const stored = `integers/model-${kind}.safetensors`;
  return { ...found, files: await replaced(found.base, stored, found.quantization_config) };
}

export interface FloatModel {
  readonly checkpoint: string;
  readonly tokens: readonly number[];
  readonly logits: readonly number[];
}

export const floatModels = (): Promise<Readonly<Record<string, FloatModel>>> =>
  json('floats/models/expected.json');

/** @param name of `floatModels` */
export async function floatModel(name: string, { checkpoint }: FloatModel): Promise<Map<string, File>> {
  const declared = await json<Record<string, object>>('floats/units.json');
  return replaced(checkpoint, `floats/models/${name}.safetensors`, declared[name] ?? {});
}

/** Asked of a GGUF. */
export type GgufCase = Pick<GoldenCase, 'messages' | 'images' | 'inputIds'> & {
  readonly tokens: readonly number[];
  readonly compared: number;
  /** Base64 of float32. */
  readonly logits: string;
};

export interface SeededTensor extends Omit<WrittenTensor, 'bytes'> {
  readonly seed: number;
  /** Numbers in float32, made of the bytes, instead of bytes of blocks. */
  readonly values?: boolean;
  /** Bytes of every block that are set: place, and what. */
  readonly fixed?: readonly (readonly number[])[];
}

export interface SeededGguf {
  readonly language: readonly Key[];
  readonly vision: readonly Key[];
  readonly tensors: readonly SeededTensor[];
  readonly cases: Readonly<Record<string, GgufCase>>;
}

/** Q4_0, Q4_1, Q5_0, Q8_0, BF16 and F16. */
export async function mixedGguf(): Promise<{
  readonly files: Map<string, File>;
  readonly cases: SeededGguf['cases'];
}> {
  const { cases } = await json<Pick<SeededGguf, 'cases'>>('gguf/mixed.json');
  const files = new Map([
    fileOf('tiny.gguf', await readStored('gguf/mixed.gguf')),
    fileOf('mmproj-tiny.gguf', await readStored('gguf/mixed-mmproj.gguf')),
  ]);
  return { files, cases };
}

/** K types, IQ4 and MXFP4. */
export const blocksOf256 = (): Promise<SeededGguf> => json('gguf/blocks-of-256.json');

/** The names say nothing of what the files are. */
export function seededGguf({ language, vision, tensors }: SeededGguf): Map<string, File> {
  const written = tensors.map((tensor) => ({ ...tensor, bytes: bytesOfSeeded(tensor) }));
  const ofTower = ({ name }: WrittenTensor): boolean => /^(v|mm)\./.test(name);
  const first = written.filter((tensor) => !ofTower(tensor));
  return new Map([
    fileOf('b.gguf', ggufFile(language, first)),
    fileOf('a.gguf', ggufFile(vision, written.filter(ofTower))),
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

export type Asked = Pick<GoldenCase, 'messages' | 'images'> & { readonly tokens: readonly number[] };

export interface OnnxSet {
  readonly files: readonly string[];
  readonly answers: Readonly<Record<string, Asked>>;
}

export async function onnxSets(): Promise<Readonly<Record<string, OnnxSet>>> {
  return (await json<{ sets: Record<string, OnnxSet> }>('onnx/expected.json')).sets;
}

/** With the tokenizer and processor of a golden checkpoint. */
export async function onnxExport({ files: graphs }: OnnxSet): Promise<Map<string, File>> {
  const files = await goldenFolder(readFromDisk, 'untied-gqa2-f16');
  files.delete('model.safetensors');
  const names = (await readdir(new URL('onnx/onnx/', DATA))).filter((name) =>
    graphs.some((graph) => name.startsWith(graph)),
  );
  for (const path of ['config.json', ...names.map((name) => `onnx/${name}`)])
    files.set(...fileOf(path, await readStored(`onnx/${path}`)));
  return files;
}

export interface StoredModel {
  readonly name: string;
  /** The golden checkpoint that it was made of; null where its values are its own. */
  readonly plain: string | null;
  /** An adapter, to be put on `plain`. */
  readonly adapter: boolean;
  readonly prompt: string;
  /** A golden picture that is asked about. */
  readonly image: string | null;
  readonly tokens: readonly number[];
  readonly files: () => Promise<CheckpointFiles>;
}

const PICTURE = { prompt: 'What is in the picture?', image: 'square' };
const TEXT = { prompt: 'What is two plus three? Think step by step.', image: null };

/** One or more of every format. */
export async function storedModels(): Promise<readonly StoredModel[]> {
  const integers = await Promise.all(
    (['gptq', 'awq', 'compressed-tensors'] as const).map(async (name) => {
      const { base, greedy, files } = await integerModel(name);
      const { tokens } = greedy;
      return { name, plain: base, adapter: false, ...PICTURE, tokens, files: () => Promise.resolve(files) };
    }),
  );
  const floats = Object.entries(await floatModels()).map(([name, model]) => {
    const { checkpoint: plain, tokens } = model;
    return { name, plain, adapter: false, ...TEXT, tokens, files: () => floatModel(name, model) };
  });
  const own = { plain: null, adapter: false, ...PICTURE };
  const tokensOf = (cases: Readonly<Record<string, Pick<Asked, 'tokens'>>>): readonly number[] =>
    cases['square']?.tokens ?? [];
  const [mixed, blocks, sets] = [await mixedGguf(), await blocksOf256(), await onnxSets()];
  const { answers } = await expectedOfPeft();
  return [
    ...integers,
    ...floats,
    { name: 'gguf', ...own, tokens: tokensOf(mixed.cases), files: () => Promise.resolve(mixed.files) },
    {
      ...{ name: 'gguf-256', ...own, tokens: tokensOf(blocks.cases) },
      files: () => Promise.resolve(seededGguf(blocks)),
    },
    ...Object.entries(sets).map(([set, exported]) => ({
      ...{ name: `onnx-${set}`, ...own, tokens: tokensOf(exported.answers) },
      files: () => onnxExport(exported),
    })),
    {
      ...{ name: 'lora', plain: BASES.rslora, adapter: true, prompt: 'a b c', image: null },
      ...{ tokens: answers['rslora']?.tokens ?? [], files: () => adapterFiles('rslora') },
    },
  ];
}
