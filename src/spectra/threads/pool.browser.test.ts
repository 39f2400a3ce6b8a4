import { afterEach, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import { failureOf } from '../../checkpoint/testing/files.ts';
import { deltasOf } from '../deltas/delta-spec.ts';
import { pairTensors } from '../deltas/pairing.ts';
import { roundedRows } from '../deltas/rounded-rows.ts';
import { storedPiece } from '../deltas/stored-piece.ts';
import { measureDiversity } from '../diversity.ts';
import { measureEnergy } from '../energy.ts';
import { goldenMatrix } from '../testing/golden-matrices.ts';
import { quantizedCheckpoint } from '../testing/quantized-twin.ts';
import { testCheckpoint } from '../testing/triples.ts';
import { inlineThreads } from './inline.ts';
import { spectraPool } from './pool.ts';
import type { SpectraThreads } from './spectra-threads.ts';

const spawn = (): Worker =>
  new Worker(new URL('../../../workers/spectra.ts', import.meta.url), { type: 'module' });
let pool: SpectraThreads;
afterEach(() => pool.dispose());

const GOLDEN = { name: 'odd', kind: 'random', rows: 130, columns: 77, seed: 3 } as const;
const inline = inlineThreads();

describe('spectraPool', () => {
  it('gives what computing in place gives', async () => {
    pool = spectraPool(spawn, 2);
    const { rows, columns } = GOLDEN;
    const values = await Promise.all(
      [1, 2, 3].map((seed) => pool.singularValues(goldenMatrix({ ...GOLDEN, seed }), rows, columns)),
    );
    for (const [i, seed] of [1, 2, 3].entries())
      expect(values[i]).toEqual(
        await inline.singularValues(goldenMatrix({ ...GOLDEN, seed }), rows, columns),
      );

    const [held, here] = await Promise.all([
      pool.hold(goldenMatrix(GOLDEN), rows, columns),
      inline.hold(goldenMatrix(GOLDEN), rows, columns),
    ]);
    const block = Float32Array.from({ length: columns * 3 }, (_, i) => (i % 11) - 5);
    expect(await held.times(block, 3)).toEqual(await here.times(block, 3));
    held.release();
  });

  it('reads Files in the workers: the same energy as in place', async () => {
    pool = spectraPool(spawn, 2);
    const checkpoints = new Map<string, Checkpoint>();
    for (const [role, seed] of Object.entries({ base: 1, in: 2, rl: 3 })) {
      const tensor = (layer: number) => ({
        name: `model.layers.${layer}.mlp.up_proj.weight`,
        shape: [GOLDEN.rows, GOLDEN.columns],
        values: goldenMatrix({ ...GOLDEN, seed: seed + 10 * layer }),
        dtype: 'BF16' as const,
      });
      checkpoints.set(role, await testCheckpoint([tensor(0), tensor(1), tensor(2)]));
    }
    const pairing = pairTensors(checkpoints, { weights: null });
    const request = {
      checkpoints,
      pairing,
      deltas: deltasOf(checkpoints.keys()),
      rounding: 'stored',
    } as const;
    expect(new Map(await measureEnergy(request, pool))).toEqual(
      new Map(await measureEnergy(request, inline)),
    );
  });

  it('decodes quantized tensors in the workers, and says what rounding cost them: as in place', async () => {
    pool = spectraPool(spawn, 2);
    const { rows, columns } = GOLDEN;
    const matrices = [0, 1].map((layer) => ({
      ...{ name: `model.layers.${layer}.mlp.up_proj.weight`, rows, columns },
      values: goldenMatrix({ ...GOLDEN, seed: 20 + layer }),
    }));
    const plain = matrices.map(({ name, values }) => ({ name, shape: [rows, columns], values }));
    const checkpoints = new Map([
      ['base', await testCheckpoint(plain)],
      ['in', await quantizedCheckpoint(matrices)],
    ]);
    const pairing = pairTensors(checkpoints, { weights: null });
    const request = {
      checkpoints,
      pairing,
      deltas: deltasOf(checkpoints.keys()),
      rounding: 'stored',
    } as const;
    const records = new Map(await measureEnergy(request, pool));
    expect(records).toEqual(new Map(await measureEnergy(request, inline)));
    expect([...records.values()].map(({ rounding }) => Object.keys(rounding ?? {}))).toEqual([
      ['in'],
      ['in'],
    ]);
    const spectra = { ...request, mode: 'exact', topK: 4, seed: 0 } as const;
    expect(await measureDiversity(spectra, { threads: pool })).toEqual(
      await measureDiversity(spectra, { threads: inline }),
    );
    const entry = checkpoints.get('in')?.tensors.get(matrices[0]?.name ?? '');
    const [piece] = entry
      ? roundedRows(storedPiece(checkpoints.get('in') as Checkpoint, entry, 0, rows * columns))
      : [];
    if (!piece) throw new Error('nothing was rounded');
    const stop = new AbortController();
    const asked = failureOf(pool.roundingEnergy(piece, 'all', stop.signal));
    stop.abort();
    expect((await asked).name).toBe('Cancelled');
  });

  it('reads sources that no worker can be sent: the same update as from a File', async () => {
    pool = spectraPool(spawn, 1);
    const { rows, columns } = GOLDEN;
    const name = 'model.layers.0.mlp.up_proj.weight';
    const pieces = [1, 2].map(async (seed) => {
      const values = goldenMatrix({ ...GOLDEN, seed });
      const { files, tensors } = await testCheckpoint([{ name, shape: [rows, columns], values }]);
      const entry = tensors.get(name);
      if (!entry) throw new Error('no tensor');
      const stored = storedPiece({ files }, entry, 0, rows * columns);
      const { source } = stored;
      // What a merge is: it answers for its bytes, and is no Blob.
      const made = { name: 'made', size: source.size, slice: (a: number, b: number) => source.slice(a, b) };
      return { stored, computed: { ...stored, source: made } };
    });
    const [to, from] = (await Promise.all(pieces)) as [
      Awaited<(typeof pieces)[number]>,
      Awaited<(typeof pieces)[number]>,
    ];
    const task = { to: to.stored, from: from.stored, rounding: 'stored' } as const;
    const expected = await inline.deltaMatrix(task);
    expect(await pool.deltaMatrix({ ...task, to: to.computed })).toEqual(expected);
    const energy = (piece: typeof to.computed) => ({
      ...{
        pieces: [piece, from.stored],
        weighed: [1],
        deltas: [{ to: 0, from: 1 }],
        pairs: [],
        rounding: 'stored' as const,
      },
    });
    expect(await pool.energy(energy(to.computed))).toEqual(await inline.energy(energy(to.stored)));
  });

  it('brings errors back whole', async () => {
    pool = spectraPool(spawn, 1);
    const matrix = new Float32Array(6);
    matrix[4] = Infinity;
    const error = await failureOf(pool.singularValues(matrix, 2, 3));
    expect(error).toMatchObject({ name: 'NonFiniteMatrix' });
    expect(error.what).toContain('row 1, column 1');
  });

  it('ends what is cancelled, and works on', async () => {
    let ended = 0;
    const counted = (): Worker => {
      const worker = spawn();
      const terminate = worker.terminate.bind(worker);
      return Object.assign(worker, { terminate: () => ((ended += 1), terminate()) });
    };
    pool = spectraPool(counted, 1);
    const controller = new AbortController();
    const size = 1024;
    const long = pool.singularValues(
      goldenMatrix({ ...GOLDEN, rows: size, columns: size }),
      size,
      size,
      controller.signal,
    );
    const failure = failureOf(long);
    controller.abort();
    expect((await failure).name).toBe('Cancelled');
    // It would not hear of it before its work is done.
    expect(ended).toBe(1);
    const values = await pool.singularValues(goldenMatrix(GOLDEN), GOLDEN.rows, GOLDEN.columns);
    expect(values).toHaveLength(77);
  });
});
