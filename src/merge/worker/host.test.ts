/** The worker's side over a directory that is kept in memory; the worker itself runs in a browser only. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readRange } from '../../checkpoint/byte-source.ts';
import { MergedFolder } from '../folder/merged-folder.ts';
import { measureNoise } from '../measure.ts';
import { planMerge } from '../plan/plan.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import type { Edit } from '../recipe/recipe.ts';
import type { OpenDonors } from '../testing/donors.ts';
import { goldenDonors } from '../testing/donors.ts';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import { MergeHost } from './host.ts';

const NOISE: Edit = { kind: 'noise', layers: { first: 1, last: 3 }, part: 'all', ratio: 0.1, seed: 3 };
let open: OpenDonors;
beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
});

function directory() {
  const { folders, handle: parent } = new MemoryDirectory();
  return { folders, parent };
}

function merge(): MergedFolder {
  const recipe = { ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 3), edits: [NOISE] };
  return new MergedFolder(planMerge(recipe, open.donors), open.folders, { shardBytes: 100_000 });
}

describe('the worker of a merge', () => {
  it('measures, then writes the merged folder in shards of the size asked for', async () => {
    const { folders, parent } = directory();
    const phases = new Set<string>();
    const work = new MergeHost().export(merge(), { parent, name: 'm' }, ({ phase }) => phases.add(phase));
    const { files } = await work;
    expect([...phases]).toEqual(['measuring', 'writing']);
    const plan = await new MergeHost().measure(merge(), () => undefined);
    expect(plan).toEqual(await measureNoise(merge().plan, open.folders));
    const expected = new MergedFolder(plan, open.folders, { shardBytes: 100_000 });
    expect(files.map(({ name }) => name)).toEqual([...expected.keys()]);
    expect([...(folders.get('m') ?? [])].map(([name]) => name)).toEqual([...expected.keys()]);
    for (const [name, source] of expected) {
      const bytes = await readRange(source, 0, source.size, { file: name });
      expect(Buffer.compare(folders.get('m')?.get(name) ?? new Uint8Array(), bytes), name).toBe(0);
    }
  });

  it('removes what it wrote when it is cancelled', async () => {
    const { folders, parent } = directory();
    const host = new MergeHost();
    const work = host.export(merge(), { parent, name: 'm' }, ({ phase }) => {
      if (phase === 'writing') host.cancel();
    });
    await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
    expect(folders.size).toBe(0);
  });
});
