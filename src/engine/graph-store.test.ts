import { beforeEach, describe, expect, it } from 'vitest';
import type { Graph } from '../graph/graph.ts';
import type { Backend, Compiled, Feeds } from './backend/backend.ts';
import type { GraphUse } from './graph-store.ts';
import { GraphStore } from './graph-store.ts';
import type { Resident } from './resident.ts';

const GIB = 2 ** 30;
let log: string[];
let failing: boolean;

/** Writes down what is compiled, run and released; graphs are called by their `outputs`. */
function recorder(constantWeights: boolean): Backend {
  const name = (compiled: Compiled): string => compiled.outputs.join();
  const backend: Partial<Backend> = {
    constantWeights,
    compile: ({ outputs }) => {
      log.push(`compile ${outputs.join()}`);
      return Promise.resolve({ outputs } as Compiled);
    },
    releaseGraph: (compiled) => {
      log.push(`release ${name(compiled)}`);
      return Promise.resolve();
    },
    run: (compiled, feeds) => {
      log.push(`run ${name(compiled)} on ${Object.keys(feeds).join()}`);
      return failing ? Promise.reject(new Error('failed')) : Promise.resolve(feeds);
    },
  };
  return backend as Backend;
}

const model = (id: string): Resident =>
  ({ id, arrays: { tensor: (name: string) => `${id} ${name}`, constant: () => new Uint8Array() } }) as never;

function use(kind: string, donor: string, bytes = 1, layer = 0): GraphUse {
  const slots = [{ name: 'w', type: 'float32', dims: [1] }] as const;
  return {
    kind,
    build: () =>
      ({
        model: { byteLength: bytes } as Uint8Array,
        weights: [{ name: 'w', rows: 1, columns: 1, format: 'f32', slots }],
        outputs: [`${kind}${donor}${layer}`],
      }) satisfies Graph,
    weight: (slot) => [model(donor), `layer${layer}.${slot}`],
    weightsKey: [layer, donor].join(),
  };
}

beforeEach(() => {
  log = [];
  failing = false;
});

describe('graphs with weights as inputs', () => {
  it('are compiled once for every donor and layer, and run on the donor’s arrays', async () => {
    const store = new GraphStore(recorder(false));
    const first = await store.run(use('k', 'a'), { x: 'x' } as unknown as Feeds);
    const second = await store.run(use('k', 'b', 1, 3), { x: 'x' } as unknown as Feeds);
    expect(log.filter((line) => line.startsWith('compile'))).toEqual(['compile ka0']);
    expect([first['w'], second['w']]).toEqual(['a layer0.w', 'b layer3.w']);
  });

  it('outlive the checkpoint they were first run with: they carry nothing of it', async () => {
    const store = new GraphStore(recorder(false));
    await store.run(use('k', 'a'), {});
    await store.forget(model('a'));
    await store.run(use('k', 'b'), {});
    expect(log).toEqual(['compile ka0', 'run ka0 on w', 'run ka0 on w']);
  });
});

it.each([
  [false, 2],
  [true, 1],
] as const)(
  'a graph is compiled for each place its outputs go to, on the GPU alone (constants: %s)',
  async (constants, times) => {
    const store = new GraphStore(recorder(constants));
    for (const hostOutputs of [['w'], [], ['w']]) await store.run({ ...use('k', 'a'), hostOutputs }, {});
    expect(log.filter((line) => line.startsWith('compile'))).toHaveLength(times);
  },
);

describe('graphs with constants', () => {
  it('are one for each kind and each set of weights, and get no weights with a run', async () => {
    const store = new GraphStore(recorder(true));
    for (const each of [use('k', 'a'), use('k', 'b'), use('k', 'a'), use('k', 'a', 1, 1)]) {
      await store.run(each, { x: 'x' } as unknown as Feeds);
    }
    expect(log.filter((line) => line.startsWith('compile'))).toEqual([
      'compile ka0',
      'compile kb0',
      'compile ka1',
    ]);
    expect(log.filter((line) => line.startsWith('run'))).toContain('run kb0 on x');
  });

  it('go, the least recently used first, when they grow beyond 1.5 GiB', async () => {
    const store = new GraphStore(recorder(true));
    const [a, b, c] = ['a', 'b', 'c'].map((donor) => use('k', donor, 0.6 * GIB)) as [
      GraphUse,
      GraphUse,
      GraphUse,
    ];
    for (const each of [a, b, a, c]) await store.run(each, {});
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release kb0']);
    await store.run(a, {});
    await store.run(b, {});
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release kb0', 'release kc0']);
  });

  it('stay when there is only one, however large', async () => {
    const store = new GraphStore(recorder(true));
    await store.run(use('k', 'a', 2 * GIB), {});
    expect(log).toEqual(['compile ka0', 'run ka0 on ']);
  });

  it('of an unloaded checkpoint are released, also those shared with another', async () => {
    const store = new GraphStore(recorder(true));
    const slots = ['v', 'w'].map((name) => ({ name, type: 'float32', dims: [1] }) as const);
    const weights = [{ name: 'vw', rows: 1, columns: 1, format: 'f32', slots }] as const;
    const stitched: GraphUse = {
      ...use('stitched', 'ab'),
      build: () => ({ model: { byteLength: 1 } as Uint8Array, weights, outputs: ['stitchedab0'] }),
      weight: (slot) => [model(slot === 'v' ? 'a' : 'b'), slot],
    };
    for (const each of [use('k', 'a'), use('k', 'b'), stitched]) await store.run(each, {});
    await store.forget(model('b'));
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release kb0', 'release stitchedab0']);
    log = [];
    await store.run(use('k', 'a'), {});
    expect(log).toEqual(['run ka0 on ']);
  });
});

describe('graphs with constants, where models take turns', () => {
  it('go with the arrays that are given back, and no others', async () => {
    const store = new GraphStore(recorder(true));
    for (const layer of [0, 1])
      for (const donor of ['a', 'b']) await store.run(use('k', donor, 1, layer), {});
    await store.forget(model('a'), ['layer1.w', 'layer2.w']);
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release ka1']);
  });

  it('are held up to the bytes that are said, whatever the way in which they carry weights', async () => {
    const store = new GraphStore(recorder(true));
    const vision: GraphUse = { ...use('v', 'a', 10), weightsKey: 'visual.blocks.0. a' };
    for (const each of [vision, use('k', 'a', 10), use('k', 'b', 10)]) await store.run(each, {});
    await store.keepTo(20);
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release va0']);
    await store.run(vision, {});
    expect(log.filter((line) => line.startsWith('release'))).toEqual(['release va0', 'release ka0']);
    await store.forget(model('a'));
    expect(log.filter((line) => line.startsWith('release')).at(-1)).toBe('release va0');
  });
});

it.each([true, false])(
  'after a failed run the session is released and made anew (constants: %s)',
  async (constants) => {
    const store = new GraphStore(recorder(constants));
    await store.run(use('k', 'a'), {});
    failing = true;
    await expect(store.run(use('k', 'a'), {})).rejects.toThrow('failed');
    failing = false;
    log = [];
    await store.run(use('k', 'a'), {});
    expect(log.map((line) => line.split(' ')[0])).toContain('compile');
  },
);

describe('spare graphs, which do in another way what others do', () => {
  const MIB = 2 ** 20;
  const spare = (donor: string, bytes: number): GraphUse => ({ ...use('loop', donor, bytes), spare: true });

  /** Runs one if it is admitted, and says whether it was. */
  async function ask(store: GraphStore, donor: string, bytes = 50 * MIB): Promise<boolean> {
    const admitted = await store.admits(spare(donor, bytes), bytes);
    if (admitted) await store.run(spare(donor, bytes), {});
    return admitted;
  }

  it('are held up to 128 MiB beside all others', async () => {
    const store = new GraphStore(recorder(true));
    await store.run(use('k', 'a', GIB), {});
    expect([
      await ask(store, 'a'),
      await ask(store, 'b'),
      await ask(store, 'c'),
      await ask(store, 'a'),
    ]).toEqual([true, true, false, true]);
    expect(log.filter((line) => line.startsWith('release'))).toEqual([]);
    expect(await ask(new GraphStore(recorder(true)), 'large', 129 * MIB)).toBe(false);
  });

  it('give way once they were not asked for in 1024 runs, and to none before', async () => {
    const store = new GraphStore(recorder(true));
    for (const donor of ['a', 'b']) await ask(store, donor);
    for (let run = 0; run < 1022; run++) await ask(store, 'b');
    expect(await ask(store, 'c')).toBe(false);
    log = [];
    expect(await ask(store, 'c')).toBe(true);
    expect(log).toEqual(['release loopa0', 'compile loopc0', 'run loopc0 on ']);
    expect(await ask(store, 'a')).toBe(false);
  });

  it('are not made where memory is bounded', async () => {
    const store = new GraphStore(recorder(true));
    await store.keepTo(GIB);
    expect(await ask(store, 'a', 1)).toBe(false);
  });
});
