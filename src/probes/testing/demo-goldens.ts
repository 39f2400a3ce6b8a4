/** Reads `tools/goldens/data/demo-probes`, the demo family it was made from, and the sets it asks about. */
import type { DemoIndex } from '../../demo/index-file.ts';
import type { AblatedPart } from '../ablation/experiment.ts';
import type { SwapMode } from '../swap/mode.ts';
import type { Task } from '../task.ts';
import { sha256Hex } from '../../work/sha256.ts';

/** What transformers answers. `clear`: characters before its choice came near a tie, where it did. */
export interface GoldenText {
  readonly text: string;
  readonly clear?: number;
}

export interface GoldenSwap {
  readonly task: Task;
  readonly id: string;
  /** A picture beside the goldens in place of the pair's own source. */
  readonly source?: string;
  readonly imageTokens: { readonly target: number; readonly source: number };
  readonly original: GoldenText;
  /** `reads` left out: all. */
  readonly swapped: readonly (GoldenText & {
    readonly mode: SwapMode;
    readonly reads?: 'text';
    readonly layer: number;
  })[];
}

export interface GoldenAblation {
  readonly set: 'problems' | 'general-vqa';
  readonly id: string;
  readonly baseline: GoldenText;
  readonly ablated: readonly (GoldenText & { readonly layer: number; readonly part: AblatedPart })[];
}

export interface GoldenAttention extends GoldenText {
  readonly id: string;
  readonly keys: number;
  readonly queries: number;
  /** `[layers][heads]`. */
  readonly mass: readonly (readonly number[])[];
}

export interface DemoProbes {
  /** Of each checkpoint's weights. */
  readonly sha256: Readonly<Record<string, string>>;
  /** The checkpoint that is swapped and ablated. */
  readonly swapped: string;
  readonly longest: number;
  readonly layers: readonly number[];
  readonly swaps: readonly GoldenSwap[];
  readonly ablations: readonly GoldenAblation[];
  readonly attention: readonly { readonly model: string; readonly items: readonly GoldenAttention[] }[];
}

/** What `in` and `rl` say of every token of the answer of `in`. */
export interface GoldenTokens {
  readonly set: 'problems' | 'general-vqa';
  readonly id: string;
  readonly answer: readonly number[];
  readonly readers: Readonly<
    Record<
      'in' | 'rl',
      {
        readonly logprobs: readonly number[];
        readonly ranks: readonly number[];
        /** Whether no other token is so close that the rank may differ. */
        readonly clear: readonly boolean[];
        readonly entropies: readonly number[];
      }
    >
  >;
  readonly klRlIn: readonly number[];
}

export interface DemoTokens {
  /** Of each checkpoint's weights. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly items: readonly GoldenTokens[];
}

const GOLDENS = '/tools/goldens/data/demo-probes';

/** A file of the project, from the test server. */
export async function fetchFile(path: string): Promise<File> {
  const response = await fetch(path);
  // The server answers unknown paths with the page.
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html')) {
    throw new Error(`no file ${path}`);
  }
  return new File([await response.blob()], path.slice(path.lastIndexOf('/') + 1));
}

export async function readDemoProbes(): Promise<DemoProbes> {
  return JSON.parse(await (await fetchFile(`${GOLDENS}/probes.json`)).text()) as DemoProbes;
}

export async function readDemoTokens(): Promise<DemoTokens> {
  return JSON.parse(await (await fetchFile(`${GOLDENS}/tokens.json`)).text()) as DemoTokens;
}

export function goldenPicture(name: string): Promise<File> {
  return fetchFile(`${GOLDENS}/${name}`);
}

/**
 * A checkpoint of `public/demo`.
 *
 * @throws Error when its weights are others than the goldens were made from
 */
export async function demoFolder(name: string, { sha256 }: DemoProbes): Promise<Map<string, File>> {
  const index = JSON.parse(await (await fetchFile('/demo/index.json')).text()) as DemoIndex;
  const files = index.checkpoints.find((checkpoint) => checkpoint.name === name)?.files ?? [];
  const folder = new Map<string, File>();
  for (const file of files) folder.set(file.name, await fetchFile(`/demo/${name}/${file.name}`));
  const weights = await folder.get('model.safetensors')?.arrayBuffer();
  if ((await sha256Hex(weights ?? new ArrayBuffer())) === sha256[name]) return folder;
  throw new Error(
    `${name} has other weights than the goldens: run tools/goldens/demo_probes.py and demo_tokens.py again`,
  );
}

/** A line of a JSONL file of `dataset/data`, by its id. */
export async function lineOf<Line extends { readonly id: string }>(path: string, id: string): Promise<Line> {
  const text = await (await fetchFile(`/dataset/data/${path}`)).text();
  const lines = text.trim().split('\n');
  const found = lines.map((line) => JSON.parse(line) as Line).find((line) => line.id === id);
  if (!found) throw new Error(`no ${id} in ${path}`);
  return found;
}
