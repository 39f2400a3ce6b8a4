/** What config.json says of the weights' files; opening a checkpoint asks nothing else of it. */
import type { CheckpointFiles } from './byte-source.ts';
import { NamedError } from '../named-error.ts';
import { readJsonFile } from './small-file.ts';

/**
 * A file's JSON if it is an object, for whoever can do without; whoever needs the file tells what is wrong with it.
 *
 * @throws NamedError `OverLimit`: such a file is read by nobody
 */
export async function optionalObject(
  files: CheckpointFiles,
  file: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return asObject(await readJsonFile(files, file)) ?? {};
  } catch (error) {
    if (error instanceof NamedError && error.name === 'OverLimit') throw error;
    return {};
  }
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The weight file, or index, that config.json names under `transformers_weights`, as transformers 4.57 and 5 read it. */
export function namedWeights(config: Readonly<Record<string, unknown>>): string | undefined {
  const { transformers_weights: name } = config;
  return typeof name === 'string' && /^[^/\\]+\.safetensors(\.index\.json)?$/.test(name) ? name : undefined;
}
