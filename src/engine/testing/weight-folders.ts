/** The folders of `tools/weight-files/data`, and what transformers makes of them, in Node. */
import { readdirSync, readFileSync } from 'node:fs';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';

const DATA = new URL('../../../tools/weight-files/data/', import.meta.url);

/** Where a folder lies, for whoever hands over paths. */
export const weightFolderPath = (name: string): URL => new URL(`folders/${name}/`, DATA);

export function weightFolder(name: string): CheckpointFiles {
  const place = weightFolderPath(name);
  return new Map(
    readdirSync(place)
      .sort()
      .map((file) => [file, new File([readFileSync(new URL(file, place))], file)]),
  );
}

/** The mean of three tensors as transformers loaded them, by our names; or why it did not. */
export interface Loaded {
  readonly means?: Readonly<Record<string, number | null>>;
  readonly missing?: readonly string[];
  readonly error?: string;
}

export function loadedByTransformers(version: '5.24.0' | '4.57.6'): ReadonlyMap<string, Loaded> {
  const text = readFileSync(new URL(`transformers-${version}.json`, DATA), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, Loaded>));
}
