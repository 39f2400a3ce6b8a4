/** Checkpoints of architectures that are not run (`tools/goldens/weights_only.py`). */
import { readdirSync, readFileSync } from 'node:fs';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';

const DATA = new URL('../../../tools/goldens/data/weights-only/', import.meta.url);

/** One of the folders: `internvl-base`, `qwen3_vl_moe-rl`. */
export function weightsOnlyFolder(name: string): CheckpointFiles {
  const folder = new URL(`${name}/`, DATA);
  return new Map(
    readdirSync(folder).map((file) => [file, new File([readFileSync(new URL(file, folder))], file)]),
  );
}

/** One of the JSON files. The caller knows its form. */
export function weightsOnlyJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, DATA), 'utf8'));
}
