/** The committed adapters of peft and their bases (tools/quantized). */
import { readdir, readFile } from 'node:fs/promises';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';

const TOOLS = new URL('../../../tools/', import.meta.url);
const DATA = new URL('quantized/data/peft/', TOOLS);

export const BASES = {
  lora: 'untied-gqa7-bf16-new',
  rslora: 'untied-gqa4-f32',
  second: 'untied-gqa4-f32',
  dora: 'untied-gqa4-f32',
  'dora-bf16': 'untied-gqa7-bf16-new',
  saved: 'untied-gqa4-f32',
  'lora-only': 'untied-gqa4-f32',
  'lora-bias': 'untied-gqa4-f32',
  embeddings: 'untied-gqa2-f16',
  head: 'untied-gqa2-f16',
  convolution: 'untied-gqa4-f32',
  tied: 'tied-gqa1-bf16-old',
  patterns: 'untied-gqa4-f32',
  tokens: 'untied-gqa2-f16',
} as const;

export type AdapterKind = keyof typeof BASES;

export interface Expected {
  readonly answers: Readonly<
    Record<string, { readonly tokens: readonly number[]; readonly without: readonly number[] }>
  >;
  /** Of s·B·A in float64, by canonical name: the largest singular values. */
  readonly spectra: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  /** Of `rslora` − `second`. */
  readonly difference: Readonly<Record<string, readonly number[]>>;
  /** Tensors that `merge_and_unload` changed. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

export async function expectedOfPeft(): Promise<Expected> {
  return JSON.parse(await readFile(new URL('expected.json', DATA), 'utf8')) as Expected;
}

export async function mergedRows(): Promise<File> {
  return new File([await readFile(new URL('merged-rows.safetensors', DATA))], 'merged-rows.safetensors');
}

export function adapterFiles(kind: AdapterKind): Promise<CheckpointFiles> {
  return filesOf(new URL(`${kind}/`, DATA));
}

export function baseFiles(kind: AdapterKind): Promise<CheckpointFiles> {
  return filesOf(new URL(`goldens/data/checkpoints/${BASES[kind]}/`, TOOLS));
}

async function filesOf(folder: URL): Promise<CheckpointFiles> {
  const names = await readdir(folder);
  const files = names.map(
    async (name) => [name, new File([await readFile(new URL(name, folder))], name)] as const,
  );
  return new Map(await Promise.all(files));
}
