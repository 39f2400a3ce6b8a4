/** A command's machine, made up: what its records would be kept under is seen, nothing is computed. */
import { COMMANDS, type Command as CommandTable } from '../../../scripts/commands.mjs';
import { readFlags } from '../../../scripts/flags.mjs';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import type { AskedFor } from '../../evaluation/answers/kept-answers.ts';
import { type WorkIdentity, workKey } from '../../identity/work-identity.ts';
import { openWeights } from '../../vlm/stored-head.ts';
import type { Command, CommandContext } from '../context.ts';
import { FlagReader } from '../flag-reader.ts';

export const table = (name: string): CommandTable => COMMANDS[name] as CommandTable;

/** What a command finds around it; by flag where it is about checkpoints. */
export interface World {
  readonly adapter: string;
  /** Of every model, with DeepStack. */
  readonly injectedAfter?: readonly number[];
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly smallFiles: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files of flags that name data, by path. */
  readonly data: ReadonlyMap<string, Blob>;
  /** Folders of checkpoints that are read tensor by tensor. */
  readonly folders: Readonly<Record<string, CheckpointFiles>>;
}

/** A folder of four layers, two matrices each. */
export function weightsFolder(scale: number): CheckpointFiles {
  const tensors = [0, 1, 2, 3].flatMap((layer) =>
    ['mlp.down_proj', 'mlp.up_proj'].map((projection) => ({
      name: `model.layers.${layer}.${projection}.weight`,
      ...{ dtype: 'F32' as const, shape: [2, 2] },
      bytes: new Uint8Array(Float32Array.of(scale, layer, 0, 1).buffer),
    })),
  );
  return new Map([['model.safetensors', new File([writeSafetensors(tensors)], 'model.safetensors')]]);
}

class Identified extends Error {}

/** The keys under which `words` keep their first records, and of what: journal, and records within one that others share. */
export async function keptUnder(
  name: string,
  run: Command,
  words: readonly string[],
  world: World,
): Promise<string> {
  const flags = new FlagReader(readFlags(table(name), words) as ConstructorParameters<typeof FlagReader>[0]);
  const found: string[] = [];
  const given = (flag: string): number => words.filter((word) => word === `--${flag}`).length;
  const load = (flag: string): Promise<object> =>
    Promise.resolve({
      summary: {
        ...{ id: flag, name: `folder of ${flag}`, layers: 3, notices: [] },
        fingerprint: world.fingerprints[flag],
        smallFiles: world.smallFiles[flag],
        injectedAfter: world.injectedAfter,
      },
      loaded: {
        device: flags.text('device') ?? 'wasm',
        dtype: flags.text('dtype') ?? 'f32',
        ...{ adapter: world.adapter, weightBytes: 0 },
      },
    });
  const context = {
    flags,
    inputs: {
      list: () => [],
      one: (flag: string) => (given(flag) > 0 ? { name: flag, files: world.data } : undefined),
    },
    checkpoints: {
      ...{ load, count: given, tell: () => undefined },
      loadAll: async (flag: string) => [await load(flag)],
      folder: (flag: string) => ({ name: `folder of ${flag}`, files: world.folders[flag] }),
      weights: (flag: string) => openWeights(world.folders[flag] ?? new Map(), { name: `folder of ${flag}` }),
      loadOptions: () =>
        Promise.resolve({ device: flags.text('device') ?? 'wasm', dtype: flags.text('dtype') ?? 'f32' }),
    },
    engine: {},
    signal: new AbortController().signal,
    ...{ notice: () => undefined, atEnd: () => undefined },
    journalled: async (
      identity: WorkIdentity,
      _total: number,
      work: (long: object) => Promise<unknown>,
      _keep: unknown,
      { keys, journals }: AskedFor = { keys: new Set(), journals: [] },
    ) => {
      found.push([await workKey(identity), ...[...keys].sort()].join(' '));
      if (name === 'diversity' && flags.switch('overlap') && found.length === 1) return new Map();
      if (found.length < journals.length) return work({});
      throw new Identified();
    },
  } as unknown as CommandContext;
  await run(context).catch((error: unknown) => {
    if (!(error instanceof Identified)) throw error;
  });
  return found.join('\n');
}
