import { beforeEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import { spotsOf } from '../../checkpoint/spots.ts';
import { folder } from '../../checkpoint/testing/files.ts';
import { writeSafetensors } from '../../checkpoint/testing/safetensors.ts';
import type { SpectrumRecord } from '../../spectra/diversity.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import type { LoadedModel } from '../../engine/protocol/loading.ts';
import { keptKey } from '../../engine/weights/kept.ts';
import { diversityPlan, type EnergyPlan, energyPlan, overlapPlan } from '../../analyses/testing/plans.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import { Journals } from '../journal/journals.ts';
import { MemoryStorage } from '../journal/memory-storage.ts';
import { runJournalled } from '../run-journalled.ts';
import { WeightsLedger } from './ledger.ts';
import { comparedText } from './compared-text.ts';
import { noteLoaded, withdrawCopies } from './loaded.ts';

const [ROWS, COLUMNS] = [96, 256];
const LAYERS = 4;
const nameOf = (layer: number): string => `model.layers.${layer}.mlp.down_proj.weight`;

/** A place in the matrix of a layer that no spot covers. */
function unseenPlace(layer: number): number {
  const spots = spotsOf({ storedName: nameOf(layer), bytes: ROWS * COLUMNS * 4 });
  const places = Array.from({ length: ROWS * COLUMNS }, (_, index) => index);
  return places.find((index) =>
    spots.every(({ start, end }) => end <= index * 4 || start > index * 4),
  ) as number;
}

/** A checkpoint of matrices; `changed` layers have one weight more by 8, where no spot looks. */
function model(name: string, scale: number, changed: readonly number[] = []): Promise<Checkpoint> {
  const tensors = Array.from({ length: LAYERS }, (_, layer) => {
    const values = Float32Array.from({ length: ROWS * COLUMNS }, (_v, index) => scale * ((index * 37) % 101));
    const at = unseenPlace(layer);
    if (changed.includes(layer)) values[at] = (values[at] as number) + 8;
    return {
      ...{ name: nameOf(layer), dtype: 'F32' as const, shape: [ROWS, COLUMNS] },
      bytes: new Uint8Array(values.buffer),
    };
  });
  return openCheckpoint(folder({ 'model.safetensors': writeSafetensors(tensors) }), { name });
}

const stored: Parameters<typeof energyPlan>[1] = { rounding: 'stored' };
const reference: typeof stored = { rounding: 'reference' };
const study = async (changed: readonly number[] = [], settings = stored): Promise<EnergyPlan> =>
  energyPlan(
    new Map([
      ['base', await model('a', 1)],
      ['in', await model('b', 2, changed)],
    ]),
    settings,
  );

let storage: MemoryStorage;
let journals: Journals;
beforeEach(() => {
  storage = new MemoryStorage();
  journals = new Journals(storage);
});

/** Runs the study with the journals; tells how many records were taken over in each attempt, and notices. */
async function run(studied: EnergyPlan, stopAfter = Infinity, kept = journals) {
  const told = { taken: [] as number[], notices: [] as string[], computed: [] as string[] };
  const stop = new AbortController();
  const records = await runJournalled<EnergyRecord, ReadonlyMap<string, EnergyRecord>>(
    kept,
    studied.identity,
    studied.total,
    (long) => studied.run({ threads: inlineThreads() }, long),
    {
      signal: stop.signal,
      onFinished: ({ size }) => void told.taken.push(size),
      onNotice: (notice) => void told.notices.push(notice),
      onRecord: (key) => {
        told.computed.push(key);
        if (told.computed.length >= stopAfter) stop.abort();
      },
    },
  ).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
    return new Map<string, EnergyRecord>();
  });
  return { ...told, records };
}
const titles = async (): Promise<string[]> => (await journals.list()).map(({ title }) => title);

describe('a weight outside every spot', () => {
  it('leaves the fingerprint, and the result that was kept is shown: nothing was read', async () => {
    const [before, after] = [await study(), await study([1])];
    expect(after.identity).toEqual(before.identity);
    const first = await run(before);
    expect(first.taken).toEqual([0]);
    expect(await run(after)).toMatchObject({ taken: [LAYERS], computed: [], records: first.records });
  });

  it('is caught when its tensor is read: what was kept is withdrawn, told, and computed again', async () => {
    await run(await study());
    const wrong = (await run(await study([1]))).records.get(nameOf(1));
    // Other work reads the same tensors.
    const other = await run(await study([1], reference));
    // It began twice; what it had computed itself by then was of the new weights.
    expect(other.taken).toHaveLength(2);
    expect(other.notices).toEqual([
      `${nameOf(1)} changed between the spots that a fingerprint compares, since results of this checkpoint were kept: ` +
        '"Update energy of a, b", "Update energy of a, b" are withdrawn, and computed again when wanted.',
    ]);
    expect(await titles()).toEqual(['Update energy of a, b']);
    const again = await run(await study([1]));
    expect(again.taken).toEqual([0]);
    expect(again.records.size).toBe(LAYERS);
    const right = await run(await study([1]), Infinity, new Journals(new MemoryStorage()));
    expect(again.records).toEqual(right.records);
    expect(again.records.get(nameOf(1))).not.toEqual(wrong);
    // δ grew from 1·v to 1·v + 8 at one place.
    const value = ((unseenPlace(1) * 37) % 101) * 1;
    const grown = (again.records.get(nameOf(1))?.squares['sft'] ?? 0) - (wrong?.squares['sft'] ?? 0);
    expect(grown).toBeCloseTo((value + 8) ** 2 - value ** 2, 3);
  });

  it('never leaves old records beside new ones in one result', async () => {
    const done = await run(await study());
    expect(done.records.size).toBe(LAYERS);
    // Half of other work was done before the change, and takes it over after.
    const half = await run(await study([], reference), 2);
    expect(half.computed.length).toBeLessThan(LAYERS);
    const changed = [0, 1, 2, 3];
    const mixed = await run(await study(changed, reference));
    expect(mixed.taken).toHaveLength(2);
    expect(mixed.taken[0]).toBe(half.computed.length);
    const right = await run(await study(changed, reference), Infinity, new Journals(new MemoryStorage()));
    expect(mixed.records).toEqual(right.records);
    expect(mixed.notices).toHaveLength(1);
  });

  it('is remembered by the storage, not by the page', async () => {
    await run(await study());
    const later = new Journals(storage);
    const other = await run(await study([2], reference), Infinity, later);
    expect(other.notices).toEqual([expect.stringContaining(nameOf(2))]);
    expect(await titles()).toEqual(['Update energy of a, b']);
  });

  it('withdraws nothing of other checkpoints, nor what agrees', async () => {
    await run(await study());
    const others = energyPlan(
      new Map([
        ['base', await model('a', 1)],
        ['in', await model('c', 3)],
      ]),
      stored,
    );
    await run(others);
    await run(await study([], reference));
    expect(await titles()).toHaveLength(3);
    const told = await run(await study([3], reference));
    expect(told).toMatchObject({ taken: [LAYERS], notices: [] });
    await run(await study([3], { outside: true }));
    expect((await titles()).toSorted()).toEqual(['Update energy of a, b', 'Update energy of a, c']);
  });

  it('is caught by diversity and by overlap, too', async () => {
    const set = async (changed: readonly number[]) =>
      new Map([
        ['base', await model('a', 1)],
        ['in', await model('b', 2, changed)],
        ['rl', await model('c', 3)],
      ]);
    const read = async (changed: readonly number[], which: 'diversity' | 'overlap') => {
      const notices: string[] = [];
      const options = { onNotice: (notice: string) => void notices.push(notice) };
      const threads = inlineThreads();
      const asked = { weights: 'layers.0.' };
      if (which === 'diversity') {
        const studied = diversityPlan(await set(changed), { ...asked, topk: 1 });
        await runJournalled<SpectrumRecord, unknown>(
          journals,
          studied.identity,
          studied.total,
          (long) => studied.run({ threads }, long),
          options,
        );
      } else {
        const studied = overlapPlan(await set(changed), { ...asked, directions: 2 });
        await runJournalled<OverlapRecord, unknown>(
          journals,
          studied.identity,
          studied.total,
          (long) => studied.run({ threads }, long),
          options,
        );
      }
      return notices;
    };
    expect(await read([], 'diversity')).toEqual([]);
    expect(await read([0], 'overlap')).toEqual([expect.stringContaining(nameOf(0))]);
    expect(await read([], 'diversity')).toEqual([expect.stringContaining('computed again')]);
    expect(await titles()).toEqual([expect.stringContaining('iversity')]);
  });
});

describe('two checkpoints that a fingerprint does not tell apart', () => {
  const compared = async (changed: readonly number[], settings = stored): Promise<EnergyPlan> =>
    energyPlan(
      new Map([
        ['base', await model('a', 2)],
        ['in', await model('b', 2, changed)],
      ]),
      settings,
    );

  it('are refused where they differ, at once and with a way out, whatever was known of them', async () => {
    for (const known of [[], [2], [0, 1]]) {
      const studied = await compared(known);
      const { taken, ...told } = await run(studied).catch((error: unknown) => ({ taken: [], error }));
      if (known.length === 0) expect(taken).toEqual([0]);
      else
        expect(told).toMatchObject({
          error: {
            name: 'SameFingerprint',
            what: expect.stringMatching(/^(base and in|in and base) have the same fingerprint/),
            remedy: expect.stringContaining('config.json'),
            // Several are read at a time: any of those that differ may be the first.
            place: { tensor: expect.toSatisfy((name: string) => known.map(nameOf).includes(name)) as string },
          },
        });
      for (const { key } of await journals.list()) await journals.remove(key);
    }
  });

  it('are compared where they agree: an update of nothing', async () => {
    const { records, notices } = await run(await compared([]));
    expect([...records.values()].every(({ squares }) => squares['sft'] === 0)).toBe(true);
    expect(notices).toEqual([]);
  });
});

describe('work under way', () => {
  it('begins anew when what it takes over is withdrawn beside it', async () => {
    const studied = await study();
    await run(studied, 2);
    const fingerprint = studied.identity.inputs['weights of in'] as string;
    const sizes: number[] = [];
    let withdrawn = false;
    const result = await runJournalled<EnergyRecord, number>(
      journals,
      studied.identity,
      studied.total,
      async ({ finished, signal }) => {
        sizes.push(finished?.size ?? 0);
        if (!withdrawn) {
          withdrawn = true;
          // As when the checkpoint is loaded in another slot.
          await journals.weights.note(fingerprint, new Map([[nameOf(0), 'f'.repeat(64)]]));
          expect(signal?.aborted).toBe(true);
        }
        return finished?.size ?? 0;
      },
    );
    expect(result).toBe(0);
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes).toHaveLength(2);
  });

  it('gives up with WeightsChanged where weights never come to rest, as often as there are checkpoints and twice more', async () => {
    const { identity, total } = await study();
    const smallFiles = {
      'config.json of in': 'c',
      'tokenizer.json of in': 't',
      'config.json of rl': 'c',
      samples: 's',
    };
    const inputs: WorkIdentity['inputs'] = { ...identity.inputs, ...smallFiles };
    const studied = { identity: { ...identity, inputs }, total };
    const fingerprint = studied.identity.inputs['weights of in'] as string;
    let turn = 0;
    const running = runJournalled(journals, studied.identity, 1, async () => {
      for (let time = 0; time < 2; time += 1)
        await journals.weights.note(fingerprint, new Map([['t', String((turn += 1)).padStart(64, '0')]]));
    });
    await expect(running).rejects.toMatchObject({ name: 'WeightsChanged', place: { tensor: 't' } });
    expect(turn).toBe(2 * 4);
  });
});

describe('what is said of a withdrawal', () => {
  it('names three works and counts the others, whose list is there', async () => {
    const work = (seed: number): WorkIdentity => ({
      ...{ kind: 'verdicts', title: `Work ${seed}`, inputs: { 'weights of in': 'p' }, settings: { seed } },
    });
    const sentence = async (count: number): Promise<string | undefined> => {
      for (let seed = 0; seed < count; seed += 1)
        await runJournalled(journals, work(seed), 1, () => Promise.resolve());
      await journals.weights.note('p', new Map([['t', '0'.repeat(64)]]));
      const told = await journals.weights.note('p', new Map([['t', '1'.repeat(64)]]));
      expect(told?.works).toHaveLength(count);
      return told?.sentence.replace(/^.*kept: /, '');
    };
    expect(await sentence(3)).toMatch(/^"Work \d", "Work \d", "Work \d" are withdrawn/);
    await journals.weights.note('p', new Map([['t', '0'.repeat(64)]]));
    expect(await sentence(5)).toMatch(/^"Work \d", "Work \d", "Work \d" and 2 more are withdrawn/);
  });
});

describe('what was compared', () => {
  it('is counted by tensor, until the checkpoint is opened again', async () => {
    const { identity } = await study();
    const fingerprint = identity.inputs['weights of in'] as string;
    const told: string[] = [];
    journals.weights.onCompared((print) => void told.push(print));
    expect(journals.weights.comparedWhole(fingerprint)).toBe(0);
    await run(await study());
    expect(journals.weights.comparedWhole(fingerprint)).toBe(LAYERS);
    expect(told.filter((print) => print === fingerprint)).toHaveLength(LAYERS);
    journals.weights.opened(fingerprint);
    expect(journals.weights.comparedWhole(fingerprint)).toBe(0);
  });
});

describe('the ledger', () => {
  const hash = (digit: string): string => digit.repeat(64);
  const note = (tensors: Record<string, string>, over = storage) =>
    new WeightsLedger(over).note('p'.repeat(64), new Map(Object.entries(tensors)));

  it('tells which tensors were known otherwise, and forgets the others with them', async () => {
    expect(await note({ a: hash('1'), b: hash('2'), 'c\n"': hash('3') })).toEqual([]);
    expect(await note({ a: hash('1'), d: hash('4') })).toEqual([]);
    expect(await note({ b: hash('5'), a: hash('1') })).toEqual(['b']);
    // c was read of the older weights.
    expect(await note({ 'c\n"': hash('6') })).toEqual([]);
    expect(await note({ a: hash('7'), b: hash('8'), 'c\n"': hash('9') })).toEqual(['a', 'b', 'c\n"']);
  });

  it('knows another checkpoint apart', async () => {
    await note({ a: hash('1') });
    expect(await new WeightsLedger(storage).note('q'.repeat(64), new Map([['a', hash('2')]]))).toEqual([]);
  });

  it('passes over every damaged bit: a line says nothing, or the truth', async () => {
    await note({ a: hash('1'), b: hash('2') });
    const key = (await storage.list())[0]?.key as string;
    const bytes = (await storage.read(key, 'tensors.txt')) as Uint8Array<ArrayBuffer>;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const damaged = new MemoryStorage();
      await damaged.append(key, 'tensors.txt', flipped);
      expect(await note({ a: hash('1'), b: hash('2') }, damaged)).toEqual([]);
    }
  });

  it('goes on behind a line that was cut off', async () => {
    await note({ a: hash('1') });
    const key = (await storage.list())[0]?.key as string;
    await storage.append(key, 'tensors.txt', new TextEncoder().encode(`${hash('2')} 0123`));
    await note({ b: hash('3') });
    expect(await note({ a: hash('4'), b: hash('5') })).toEqual(['a', 'b']);
  });

  it('does without a storage that fails, and is no piece of work', async () => {
    const failing = new MemoryStorage();
    const fails = (): Promise<never> => Promise.reject(new Error('full'));
    Object.assign(failing, { read: fails, append: fails, remove: fails });
    const ledger = new WeightsLedger(failing);
    expect(await ledger.note('p', new Map([['a', hash('1')]]))).toEqual([]);
    expect(await ledger.note('p', new Map([['a', hash('2')]]))).toEqual(['a']);
    await note({ a: hash('1') });
    expect(await journals.list()).toEqual([]);
    expect(await journals.withdraw('p'.repeat(64))).toEqual([]);
  });
});

describe('a load', () => {
  const model = (hashes?: Record<string, string>) =>
    ({
      id: 'm',
      dtype: 'q4',
      notices: ['No copy is kept.'],
      ...(hashes ? { hashes } : {}),
    }) as unknown as LoadedModel;

  const opened = { id: '1', name: 'a' };

  it('that reads other weights withdraws results and kept copies, and says so', async () => {
    const studied = await study();
    const fingerprint = studied.identity.inputs['weights of in'] as string;
    await run(studied);
    const deleted: string[] = [];
    const copies = [
      keptKey(fingerprint, 'q4', []),
      keptKey(fingerprint, 'q8', []),
      keptKey('b'.repeat(64), 'q4', []),
    ];
    withdrawCopies(journals.weights, {
      storedWeights: () => Promise.resolve(copies.map((key) => ({ key, name: 'b', dtype: 'q4', bytes: 1 }))),
      deleteStoredWeights: (key) => Promise.resolve(void deleted.push(key)),
    });
    const hashes = Object.fromEntries([0, 1, 2, 3].map((layer) => [nameOf(layer), 'e'.repeat(64)]));
    const noted = await noteLoaded(journals.weights, { ...opened, fingerprint }, model(hashes), []);
    expect(noted).not.toHaveProperty('hashes');
    expect(noted.notices).toEqual([
      'No copy is kept.',
      expect.stringMatching(
        /^model\.layers\.0\.mlp\.down_proj\.weight and 3 more tensors changed .* is withdrawn/,
      ),
    ]);
    expect(await titles()).toEqual([]);
    await expect.poll(() => deleted).toEqual(copies.slice(0, 2));
    expect(
      (await noteLoaded(journals.weights, { ...opened, fingerprint }, model(hashes), [])).notices,
    ).toHaveLength(1);
  });

  it('beside one of the same fingerprint that differs is refused, before anything is run or withdrawn', async () => {
    const studied = await study();
    const fingerprint = studied.identity.inputs['weights of in'] as string;
    const [a, b] = [
      { id: '1', name: 'a', fingerprint },
      { id: '2', name: 'b', fingerprint },
    ];
    const read = (digit: string) => model({ s: '0'.repeat(64), t: digit.repeat(64) });
    await noteLoaded(journals.weights, a, read('1'), []);
    await run(studied);
    await expect(noteLoaded(journals.weights, b, read('2'), [a])).rejects.toMatchObject({
      ...{ name: 'SameFingerprint', what: expect.stringContaining('a and b'), place: { tensor: 't' } },
    });
    expect(await titles()).toHaveLength(1);
    // Two openings of one folder agree; one after the other is a change.
    expect((await noteLoaded(journals.weights, b, read('1'), [a])).notices).toHaveLength(1);
    expect((await noteLoaded(journals.weights, a, read('2'), [])).notices).toHaveLength(2);
  });

  it('of a kept copy reads nothing and compares nothing, but is held against what is loaded beside it', async () => {
    const copy = { ...model({ t: '1'.repeat(64) }), fromStorage: true };
    const [a, b] = [
      { ...opened, fingerprint: 'x' },
      { id: '2', name: 'b', fingerprint: 'x' },
    ];
    const noted = await noteLoaded(journals.weights, a, copy, []);
    expect(noted.notices).toEqual(['No copy is kept.']);
    expect(journals.weights.comparedWhole('x')).toBe(0);
    const differs = model({ t: '2'.repeat(64) });
    await expect(noteLoaded(journals.weights, b, differs, [a])).rejects.toMatchObject({
      name: 'SameFingerprint',
    });
    // Nothing is known of it by the copy: what is read comes first, and withdraws nothing.
    expect((await noteLoaded(journals.weights, b, differs, [])).notices).toEqual(['No copy is kept.']);
  });

  it.each([
    [0, 'compared at 6,737 spots'],
    [728, '728 of 729 tensors compared whole, the others at 6,737 spots'],
    [729, 'compared whole'],
  ])('%i tensors whole are told so', (whole, text) => {
    expect(comparedText(whole, { tensors: 729, spots: 6737 })).toBe(text);
  });
});
