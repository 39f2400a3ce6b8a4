import { beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { qwenTensors, SHAPE_7B } from '../checkpoint/testing/qwen-layout.ts';
import { folder } from '../checkpoint/testing/files.ts';
import type { WorkProgress } from '../work/long-work.ts';
import { exportMerge } from './export.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import { measureNoise } from './measure.ts';
import { planMerge } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import type { Edit } from './recipe/recipe.ts';
import type { FolderSink } from './sinks/sink.ts';
import type { OpenDonors } from './testing/donors.ts';
import { goldenDonors, openDonors, sparse7b } from './testing/donors.ts';
import { MemorySink } from './testing/memory-sink.ts';

const EDITS: readonly Edit[] = [
  { kind: 'interpolate', layers: { first: 1, last: 2 }, part: 'mlp', donor: 'RL', alpha: 0.3 },
  { kind: 'noise', layers: { first: 2, last: 3 }, part: 'attention', ratio: 0.1, seed: 5 },
];
const NOISY = 'model.layers.1.self_attn.q_proj.weight';
let open: OpenDonors;

beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
});

function plan(edits = EDITS) {
  return planMerge({ ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 3), edits }, open.donors);
}

/** Keeps nothing; tells which files were begun, in order, and how much was written. */
class CountingSink implements FolderSink {
  readonly begun: string[] = [];
  bytes = 0;
  largest = 0;
  discarded = false;
  open(file: string) {
    this.begun.push(file);
    return Promise.resolve({
      write: (piece: Uint8Array) => {
        this.bytes += piece.length;
        this.largest = Math.max(this.largest, piece.length);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    });
  }
  finish(): Promise<void> {
    return Promise.resolve();
  }
  discard(): Promise<void> {
    this.discarded = true;
    return Promise.resolve();
  }
}

describe('an export', () => {
  it('writes the merged folder, index and config.json last, and reports every byte', async () => {
    const sink = new MemorySink();
    const progress: WorkProgress[] = [];
    const report = await exportMerge(plan(), open.folders, sink, {
      shardBytes: 100_000,
      onProgress: (now) => progress.push(now),
    });
    expect(sink.finished).toBe(true);
    expect([...sink.files.keys()].slice(-2)).toEqual(['model.safetensors.index.json', 'config.json']);
    expect(report.files.map(({ name, bytes }) => [name, bytes])).toEqual(
      [...sink.files].map(([name, bytes]) => [name, bytes.length]),
    );
    expect(progress.at(-1)).toEqual({
      phase: 'writing',
      done: report.bytes,
      total: report.bytes,
      unit: 'bytes',
    });
    expect(progress[0]?.phase).toBe('measuring');
    const measured = await measureNoise(plan(), open.folders);
    for (const [name, source] of new MergedFolder(measured, open.folders, { shardBytes: 100_000 })) {
      const bytes = new Uint8Array(await source.slice(0, source.size).arrayBuffer());
      expect(Buffer.compare(sink.files.get(name) ?? new Uint8Array(), bytes), name).toBe(0);
    }
    const again = await openCheckpoint(folder(Object.fromEntries(sink.files)));
    expect(again.tensors.size).toBe(open.donors.get('IN')?.checkpoint.tensors.size);
  });

  it('takes over deviations that were measured before', async () => {
    const records = new Map<string, number>();
    const first = await measureNoise(plan(), open.folders, {
      onRecord: (key, value) => void records.set(key, value),
    });
    expect(records.size).toBe(2 * 7);
    const nothing = new Map([...open.folders].map(([name]) => [name, new Map()]));
    expect(await measureNoise(plan(), nothing, { finished: records })).toEqual(first);
    expect(records.get(NOISY)).toBeGreaterThan(0);
  });

  it('that fails discards what it wrote and never reaches config.json', async () => {
    const sink = new CountingSink();
    const broken = new Map([...open.folders, ['RL', folder({ 'model.safetensors': 'short' })]]);
    const work = exportMerge(plan([]), broken, sink);
    await expect(work).rejects.toMatchObject({ name: 'FileChanged' });
    expect(sink.discarded).toBe(true);
    expect(sink.begun).not.toContain('config.json');
  });
});

describe('at 7B size', () => {
  async function sevenBillion(edits: readonly Edit[]) {
    const tensors = qwenTensors(SHAPE_7B);
    const donors = await openDonors(
      new Map([
        ['IN', sparse7b(tensors, 1).files],
        ['RL', sparse7b(tensors, 2).files],
      ]),
    );
    const recipe = { ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 28), edits };
    return { plan: planMerge(recipe, donors.donors), folders: donors.folders };
  }

  it('holds pieces and no tensor, and is cancelled in under 200 ms', async () => {
    const edits: Edit[] = [
      { kind: 'interpolate', layers: { first: 1, last: 28 }, part: 'mlp', donor: 'RL', alpha: 0.5 },
    ];
    const { plan: large, folders } = await sevenBillion(edits);
    const sink = new CountingSink();
    const controller = new AbortController();
    // Of the processor: other work on the machine is none of its time.
    let spent: NodeJS.CpuUsage | undefined;
    const before = process.memoryUsage().arrayBuffers;
    let held = 0;
    const work = exportMerge(large, folders, sink, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        held = Math.max(held, process.memoryUsage().arrayBuffers - before);
        if (done < 200e6 || spent) return;
        spent = process.cpuUsage();
        controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
    const { user, system } = process.cpuUsage(spent);
    expect((user + system) / 1000).toBeLessThan(200);
    expect(sink.largest).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(sink.begun).toEqual(['model-00001-of-00004.safetensors']);
    expect(sink.discarded).toBe(true);
    // The largest tensor, 1.1 GB of embeddings, is among what was written.
    expect(held).toBeLessThan(400e6);
  });

  it('is cancelled while it measures noise', async () => {
    const noise: Edit[] = [
      { kind: 'noise', layers: { first: 1, last: 28 }, part: 'all', ratio: 0.1, seed: 1 },
    ];
    const { plan: large, folders } = await sevenBillion(noise);
    const controller = new AbortController();
    const work = exportMerge(large, folders, new CountingSink(), {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 20e6) controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ name: 'Cancelled' });
  });
});
