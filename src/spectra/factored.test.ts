/** Updates by factors of adapters: against singular values of torch in float64, and against the dense route. */
import { describe, expect, it, vi } from 'vitest';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.ts';
import { adapterFolder } from '../checkpoint/formats/peft/adapter-folder.ts';
import {
  adapterFiles,
  baseFiles,
  BASES,
  expectedOfPeft,
  type AdapterKind,
} from '../engine/testing/adapters.ts';
import { pairTensors, type CheckpointSet } from './deltas/pairing.ts';
import { measureDiversity, type SpectrumRecord } from './diversity.ts';
import { measureEnergy, type EnergyRecord } from './energy.ts';
import { inlineThreads } from './threads/inline.ts';

const expected = await expectedOfPeft();
const DELTA = { key: 'rl', to: 'rl', from: 'base', relativeTo: 'base' };

async function base(kind: AdapterKind): Promise<Checkpoint> {
  return openCheckpoint(await baseFiles(kind));
}

async function adapter(kind: AdapterKind): Promise<Checkpoint> {
  const files = await adapterFolder(await baseFiles(kind), await adapterFiles(kind), {
    baseName: BASES[kind],
  });
  return openCheckpoint(files);
}

/** The same weights, of which nobody knows what they are made of. */
function dense({ adapterOf: _, ...checkpoint }: Checkpoint): Checkpoint {
  return checkpoint;
}

async function spectra(checkpoints: CheckpointSet, rounding: 'stored' | 'reference' = 'stored') {
  const threads = inlineThreads();
  const deltaMatrix = vi.spyOn(threads, 'deltaMatrix');
  const pairing = pairTensors(checkpoints, { weights: null, matrices: true });
  const records = await measureDiversity(
    { ...{ checkpoints, deltas: [DELTA], pairing, rounding }, mode: 'exact', topK: 10, seed: 0 },
    { threads },
  );
  return { records, made: deltaMatrix.mock.calls.length };
}

async function energy(checkpoints: CheckpointSet): Promise<ReadonlyMap<string, EnergyRecord>> {
  const pairing = pairTensors(checkpoints, { weights: null });
  return measureEnergy({ checkpoints, deltas: [DELTA], pairing, rounding: 'stored' }, inlineThreads());
}

function expectSpectrum(record: SpectrumRecord | undefined, values: readonly number[], name: string): void {
  const found = record?.spectra['rl']?.singularValues ?? [];
  const largest = values[0] ?? 0;
  expect(found.length, name).toBeGreaterThan(values.length - 1);
  values.forEach((value, index) => {
    expect(Math.abs((found[index] as number) - value), `${name} σ${index + 1}`).toBeLessThan(1e-6 * largest);
  });
  for (const beyond of found.slice(values.length)) expect(beyond, name).toBeLessThan(1e-6 * largest);
}

describe.each(['lora', 'rslora'] as const)('%s against its own base', (kind) => {
  it('has the singular values of s·B·A, and makes no dense matrix', async () => {
    const { records, made } = await spectra(
      new Map([
        ['base', await base(kind)],
        ['rl', await adapter(kind)],
      ]),
    );
    expect(made).toBe(0);
    const adapted = Object.entries(expected.spectra[kind] ?? {});
    for (const [name, values] of adapted) expectSpectrum(records.get(name), values, name);
    const zero = [...records].filter(([name]) => !(name in (expected.spectra[kind] ?? {})));
    for (const [name, record] of zero) {
      expect(record.spectra['rl'], name).toMatchObject({ spectralNorm: 0, frobeniusNorm: 0, factors: 0 });
    }
    const ranks = [...records.values()].map(({ spectra: { rl } }) => rl?.factors);
    expect(ranks).not.toContain(undefined);
  });

  it('has the energy that those add up to, and that of the dense route to what float32 leaves of it', async () => {
    const [before, after] = [await base(kind), await adapter(kind)];
    const records = await energy(
      new Map([
        ['base', before],
        ['rl', after],
      ]),
    );
    const densely = await energy(
      new Map([
        ['base', before],
        ['rl', dense(after)],
      ]),
    );
    for (const [name, values] of Object.entries(expected.spectra[kind] ?? {})) {
      const squares = records.get(name)?.squares['rl'] ?? NaN;
      const sum = values.reduce((total, value) => total + value * value, 0);
      expect(Math.abs(squares / sum - 1), name).toBeLessThan(1e-12);
      expect(Math.abs(squares / (densely.get(name)?.squares['rl'] ?? NaN) - 1), name).toBeLessThan(1e-5);
      expect(records.get(name)?.factors?.['rl'], name).toBe(values.filter((value) => value > 1e-9).length);
    }
    for (const [name, record] of records) {
      expect(record.weights, name).toEqual(densely.get(name)?.weights);
      expect(record.unchanged['rl'] === record.elements, name).toBe(
        !(name in (expected.spectra[kind] ?? {})),
      );
      expect(densely.get(name)?.factors).toBeUndefined();
    }
  });
});

it('equals the dense spectra to 1e-6 of the largest value', async () => {
  const [before, after] = [await base('rslora'), await adapter('rslora')];
  const factored = await spectra(
    new Map([
      ['base', before],
      ['rl', after],
    ]),
  );
  const densely = await spectra(
    new Map([
      ['base', before],
      ['rl', dense(after)],
    ]),
  );
  expect(densely.made).toBe(densely.records.size);
  for (const [name, record] of factored.records) {
    const [ours, theirs] = [record.spectra['rl'], densely.records.get(name)?.spectra['rl']];
    const largest = theirs?.spectralNorm ?? NaN;
    ours?.singularValues.forEach((value, index) => {
      expect(Math.abs(value - (theirs?.singularValues[index] ?? NaN)), name).toBeLessThanOrEqual(
        1e-6 * largest,
      );
    });
    for (const key of ['nuclearNorm', 'frobeniusNorm', 'stableRank', 'effectiveRank'] as const)
      expect(Math.abs((ours?.[key] ?? NaN) - (theirs?.[key] ?? NaN)), `${name} ${key}`).toBeLessThanOrEqual(
        2e-5 * (theirs?.[key] ?? NaN),
      );
  }
});

it('knows the difference of two adapters on one base, either way round', async () => {
  const [one, other] = [await adapter('rslora'), await adapter('second')];
  for (const checkpoints of [
    new Map([
      ['base', other],
      ['rl', one],
    ]),
    new Map([
      ['base', one],
      ['rl', other],
    ]),
  ]) {
    const { records, made } = await spectra(checkpoints);
    expect(made).toBe(0);
    for (const [name, values] of Object.entries(expected.difference)) {
      expectSpectrum(records.get(name), values, name);
      const squares = (await energy(checkpoints)).get(name)?.squares['rl'] ?? NaN;
      const sum = values.reduce((total, value) => total + value * value, 0);
      expect(Math.abs(squares / sum - 1)).toBeLessThan(1e-10);
    }
    // Both leave it.
    expect(records.get('model.layers.0.self_attn.q_proj.weight')?.spectra['rl']?.factors).toBe(7);
  }
});

it('goes densely where the update is no product of factors, or the base another', async () => {
  const saved = await spectra(
    new Map([
      ['base', await base('dora')],
      ['rl', await adapter('dora')],
    ]),
  );
  const adapted = [...saved.records].filter(
    ([
      ,
      {
        spectra: { rl },
      },
    ]) => rl?.factors === undefined,
  );
  expect(adapted.map(([name]) => name).sort()).toEqual([...(expected.names['dora'] ?? [])].sort());
  expect(saved.made).toBe(adapted.length);

  const elsewhere = await spectra(
    new Map([
      ['base', { ...(await base('second')), fingerprint: 'another' }],
      ['rl', await adapter('second')],
    ]),
  );
  expect(elsewhere.made).toBe(elsewhere.records.size);

  const rounded = await spectra(
    new Map([
      ['base', await base('second')],
      ['rl', await adapter('second')],
    ]),
    'reference',
  );
  expect(rounded.made).toBe(rounded.records.size);
});

it('sums inner products of two factored updates by factors, and those with a dense one densely', async () => {
  const [ground, one, other] = [await base('rslora'), await adapter('rslora'), await adapter('second')];
  const deltas = [
    { key: 'a', to: 'a', from: 'base', relativeTo: 'base' },
    { key: 'b', to: 'b', from: 'base', relativeTo: 'base' },
  ];
  const products = async (a: Checkpoint, b: Checkpoint) => {
    const checkpoints = new Map([
      ['base', ground],
      ['a', a],
      ['b', b],
    ]);
    const pairing = pairTensors(checkpoints, { weights: null });
    const records = await measureEnergy(
      { checkpoints, deltas, pairing, rounding: 'stored' },
      inlineThreads(),
    );
    return records.get('model.layers.0.self_attn.q_proj.weight') as EnergyRecord;
  };
  const [factored, mixed, densely] = [
    await products(one, other),
    await products(one, dense(other)),
    await products(dense(one), dense(other)),
  ];
  const size = Math.sqrt((densely.squares['a'] ?? 0) * (densely.squares['b'] ?? 0));
  for (const record of [factored, mixed]) {
    expect(Math.abs((record.products['a b'] ?? NaN) - (densely.products['a b'] ?? NaN))).toBeLessThan(
      1e-5 * size,
    );
    expect(record.squares['a']).toBe(factored.squares['a']);
  }
  expect(factored.factors).toEqual({ a: 5, b: 2 });
  expect(mixed.factors).toEqual({ a: 5 });
  expect(mixed.squares['b']).toBe(densely.squares['b']);
});
