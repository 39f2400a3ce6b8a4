import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DEMO = join(import.meta.dirname, '../../../public/demo');
const GOLDENS = join(import.meta.dirname, '../../../tools/goldens/data/demo');

export const DEMO_NAMES = ['base', 'in', 'rl', 'rl-frozen-early', 'rl-frozen-mid', 'rl-frozen-late'] as const;
export type DemoName = (typeof DEMO_NAMES)[number];

/** A file below `public/demo`. */
export async function demoBytes(...path: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(join(DEMO, ...path)));
}

export function demoFileNames(name: DemoName): Promise<readonly string[]> {
  return readdir(join(DEMO, name));
}

/** A checkpoint folder of the family, read whole. */
export async function demoFolder(name: DemoName): Promise<ReadonlyMap<string, File>> {
  const names = await demoFileNames(name);
  const files = await Promise.all(names.map(async (file) => new File([await demoBytes(name, file)], file)));
  return new Map(files.map((file) => [file.name, file]));
}

export interface DemoGoldenTask {
  /** Of the first item: the rendered chat template, image pads expanded. */
  readonly promptIds: readonly number[];
  /** SHA-256 over the JSON of the token ids of each item's prompt, answer, description and rationale. */
  readonly textIds: string;
  /** SHA-256 over the float32 patches of the first item's picture. */
  readonly pixelValues?: string;
  readonly answers: readonly string[];
  /** By item: characters before the first choice that was near a tie. */
  readonly near: Readonly<Record<string, number>>;
}

/** What transformers makes of a checkpoint; see tools/goldens/demo.py. */
export interface DemoGolden {
  /** Of the weights it was made with. */
  readonly sha256: string;
  readonly items: number;
  readonly alignment: number;
  readonly longest: number;
  readonly tasks: Readonly<Record<string, DemoGoldenTask>>;
}

export async function demoGolden(name: DemoName): Promise<DemoGolden> {
  return JSON.parse(await readFile(join(GOLDENS, `${name}.json`), 'utf8')) as DemoGolden;
}
