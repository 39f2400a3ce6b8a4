/** A command over a made-up engine, which says the same of the same: all that it writes. */
import { readFlags } from '../../../scripts/flags.mjs';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import type { LineStorage } from '../../study/journal/storage.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import { recordedEngine } from '../../study/testing/recorded-engine.ts';
import { openWeights } from '../../vlm/stored-head.ts';
import { commandOf } from '../command-of.ts';
import type { CommandContext } from '../context.ts';
import { FlagReader } from '../flag-reader.ts';
import { table, type World } from './identity-stage.ts';

const quantization = {
  ...{ relativeFrobenius: 0.1, maxAbs: 0.2 },
  worstTensor: { name: 'w', relativeFrobenius: 0.3 },
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

export interface Around {
  readonly handed?: ReadonlyMap<string, Blob>;
  readonly storage?: LineStorage;
  readonly gpu?: boolean;
  /** Told the key of each record that is computed. */
  onRecord?(key: string): void;
}

/**
 * Runs a command over a made-up engine: the JSON it answers, under its own name, and each file by its path.
 *
 * @param around files of other flags than those of the world, by path (`combine`'s parts); where its journals are; whether there is a GPU
 *   whose memory is measured
 */
export async function written(
  name: string,
  all: readonly string[],
  world: World,
  around: Around = {},
): Promise<ReadonlyMap<string, unknown>> {
  const { handed = new Map<string, Blob>(), storage = new MemoryStorage(), gpu = false } = around;
  const run = await commandOf(name);
  const flags = new FlagReader(readFlags(table(name), all) as ConstructorParameters<typeof FlagReader>[0]);
  const given = (flag: string): number => all.filter((word) => word === `--${flag}`).length;
  const files = new Map<string, unknown>();
  const weights = (flag: string) =>
    openWeights(world.folders[flag] ?? new Map(), { name: `folder of ${flag}` });
  const load = async (flag: string): Promise<{ summary: object; loaded: object }> => ({
    summary: {
      ...{
        id: flag,
        name: `folder of ${flag}`,
        layers: 3,
        notices: ['a notice'],
        fingerprint: (await weights(flag)).fingerprint,
      },
      ...{ smallFiles: { 'config.json': 'a' }, files: [{ name: 'a', bytes: 1 }], weightFiles: ['a'] },
      ...{
        modelType: 'qwen2_5_vl',
        visionBlocks: 1,
        hiddenSize: 8,
        vocabSize: 9,
        tiedHead: false,
        bytes: 7,
      },
      ignored: [{ name: 'x', reason: 'unknown' }],
    },
    loaded: { device: 'wasm', dtype: 'f32', adapter: 'wasm', weightBytes: 5, seconds: 1, quantization },
  });
  const journals = new Journals(storage, { again: 'again' });
  const engine = {
    ...recordedEngine(),
    ...counting(),
    bufferBytes: () => Promise.resolve(gpu ? { peak: 9 } : null),
    estimate: () => Promise.resolve({ kvCacheBytes: 1, activationBytes: 2 }),
    describe: () =>
      Promise.resolve([
        {
          name: 'w',
          dtype: 'F32',
          shape: [1],
          bytes: 4,
          layerIdx: 1,
          section: 'LLM Backbone',
          component: 'MLP',
        },
      ]),
    ...(name === 'check'
      ? {
          open: () => Promise.resolve({ id: 'golden', layers: 3 }),
          load: () => Promise.resolve({ adapter: 'wasm' }),
          close: () => Promise.resolve(),
        }
      : {}),
    ...(name === 'logits'
      ? { forward: () => Promise.resolve({ promptTokenIds: [1], rows: [{ logits: [1], hidden: [[1]] }] }) }
      : {}),
  };
  const context = {
    ...{ flags, engine, journals, signal: new AbortController().signal },
    ...{ notice: () => undefined, atEnd: () => undefined },
    onProgress: () => undefined,
    inputs: {
      list: () => [],
      one: (flag: string) =>
        flag === 'parts'
          ? { name: flag, files: handed }
          : given(flag) > 0
            ? { name: flag, files: world.data }
            : undefined,
    },
    checkpoints: {
      ...{ load, count: given, tell: () => undefined },
      open: async (flag: string) => (await load(flag)).summary,
      loadAll: async (flag: string) => [await load(flag)],
      loadFolder: () => load('model'),
      folder: (flag: string) => ({ name: `folder of ${flag}`, files: world.folders[flag] }),
      weights,
      loadOptions: () => Promise.resolve({ device: 'wasm', dtype: 'f32' }),
    },
    out: {
      json: (path: string, value: unknown) => Promise.resolve(files.set(path, plain(value))),
      text: (path: string, text: string) => Promise.resolve(files.set(path, text)),
    },
    journalled: (identity: WorkIdentity, total: number, compute: (long: object) => Promise<unknown>) =>
      // As the command's context: what a whole run begins anew is forgotten first.
      (flags.optionalSwitch('restart') && !flags.shard()
        ? journals.remove(identity)
        : Promise.resolve()
      ).then(() =>
        runJournalled(journals, identity, total, compute, {
          onRecord: (key) => around.onRecord?.(key),
        }),
      ),
  } as unknown as CommandContext;
  const result = await run(context);
  if (result !== undefined) files.set(name, plain(result));
  return files;
}

/** An engine that has computed something whenever it is asked. */
function counting() {
  let cells = 0;
  const engine = { plainCost: () => Promise.resolve({ cell: 1, step: 2 }) };
  const worked = () => Promise.resolve([{ engine, threads: 1, cells: (cells += 1), steps: 0 }]);
  return { worked };
}
