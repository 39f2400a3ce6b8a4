/** What an export reads of its donors is hashed, told, and held against what an earlier part of it was made of. */
import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { readTensorBytes } from '../checkpoint/checkpoint.ts';
import type { ExportWork, WeightsMemory } from './export.ts';
import { exportMerge } from './export.ts';
import { readManifest, writeManifest } from './output/manifest.ts';
import type { Source } from './plan/operation.ts';
import type { MergePlan } from './plan/plan.ts';
import { planMerge } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import type { Edit } from './recipe/recipe.ts';
import { DirectorySink } from './sinks/directory-sink.ts';
import type { OpenDonors } from './testing/donors.ts';
import { goldenDonors } from './testing/donors.ts';
import { Faults } from './testing/faults.ts';
import type { StoredFiles } from './testing/memory-directory.ts';
import { MemoryDirectory } from './testing/memory-directory.ts';
import { MemorySink } from './testing/memory-sink.ts';

const EDITS: readonly Edit[] = [
  { kind: 'interpolate', layers: { first: 1, last: 2 }, part: 'mlp', donor: 'RL', alpha: 0.3 },
  { kind: 'noise', layers: { first: 3, last: 3 }, part: 'mlp', ratio: 0.1, seed: 5 },
];
const SHARD_BYTES = 100_000;

let open: OpenDonors;
let plan: MergePlan;
beforeAll(async () => {
  open = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
  plan = planMerge({ ...parseBlocks('IN:RL:RL', ['IN', 'RL'], 3), edits: EDITS }, open.donors);
});

/** @param known by fingerprint and tensor, as it is told @param withdrawn said once */
function memory(known: Record<string, string> = {}, withdrawn: string | null = null) {
  const told: Record<string, string> = {};
  let sentence: string | null = null;
  const weights: WeightsMemory = {
    known: (fingerprint) =>
      Promise.resolve(
        new Map(
          Object.entries(known).flatMap(([name, hash]) => {
            const [print, tensor = ''] = name.split(' ');
            return print === fingerprint ? [[tensor, hash] as const] : [];
          }),
        ),
      ),
    note: (fingerprint, hashes) => {
      for (const [tensor, hash] of hashes) told[`${fingerprint} ${tensor}`] = hash;
      const says = withdrawn !== null && sentence === null;
      if (says) sentence = withdrawn;
      return Promise.resolve(says ? withdrawn : null);
    },
  };
  return { told, weights };
}

/** As it is defined: SHA-256 over the SHA-256 of each 256 KiB. */
async function expected({ donor, entry }: Source): Promise<string> {
  const files = open.folders.get(donor) ?? new Map();
  const bytes = await readTensorBytes({ files }, entry, { start: 0, end: entry.bytes });
  const sha = (part: Uint8Array): Buffer => createHash('sha256').update(part).digest();
  const chunks = Array.from({ length: Math.ceil(bytes.length / 262_144) }, (_, at) =>
    sha(bytes.subarray(at * 262_144, (at + 1) * 262_144)),
  );
  return sha(Buffer.concat(chunks)).toString('hex');
}

it('tells the hash of every tensor that it reads, copied or computed', async () => {
  const { told, weights } = memory();
  await exportMerge(plan, open.folders, new MemorySink(), { shardBytes: SHARD_BYTES, weights });
  const fingerprints = new Map(plan.donors.map(({ name, fingerprint }) => [name, fingerprint]));
  const wanted: Record<string, string> = {};
  for (const { operation } of plan.tensors) {
    const sources = operation.kind === 'compute' && operation.mix ? [operation.mix.with] : [];
    for (const source of [operation.from, ...sources])
      wanted[`${fingerprints.get(source.donor)} ${source.entry.name}`] = await expected(source);
  }
  expect(Object.keys(wanted).length).toBeGreaterThan(plan.tensors.length);
  expect(told).toEqual(wanted);
});

type Folders = Map<string, StoredFiles>;
async function write(folders: Folders, faults: Faults, work: ExportWork = {}): Promise<string[]> {
  const notices: string[] = [];
  const sink = await DirectorySink.create(new MemoryDirectory(folders, faults).handle, 'm');
  const onNotice = (notice: string): void => void notices.push(notice);
  await exportMerge(plan, open.folders, sink, { shardBytes: SHARD_BYTES, onNotice, ...work });
  return notices;
}

/** A folder that a killed export left, some files of weights whole, and its undisturbed twin. */
async function unfinished() {
  const [folders, twin]: [Folders, Folders] = [new Map(), new Map()];
  const counted = new Faults();
  await write(twin, counted);
  const { told, weights } = memory();
  const killed = new Faults({ at: Math.floor(counted.calls / 4), kind: 'kill' });
  await write(folders, killed, { weights }).catch(() => undefined);
  return { folders, whole: twin.get('m'), told };
}

it('goes on where what was read is still what is known', async () => {
  const { folders, whole, told } = await unfinished();
  expect(Object.keys(told).length).toBeGreaterThan(0);
  const notices = await write(folders, new Faults(), { weights: memory(told).weights });
  expect(notices[0]).toMatch(/^going on: [1-3] of \d/);
  expect(folders.get('m')).toEqual(whole);
});

it('begins anew where a tensor of an earlier part was read otherwise since', async () => {
  const { folders, whole, told } = await unfinished();
  const [first = ''] = Object.keys(told);
  const [fingerprint, tensor] = first.split(' ');
  const donor = plan.donors.find((one) => one.fingerprint === fingerprint)?.name;
  const notices = await write(folders, new Faults(), {
    weights: memory({ ...told, [first]: '0'.repeat(64) }).weights,
  });
  expect(notices[0]).toBe(
    `${tensor} of ${donor} was read otherwise since this merge was begun: what was written earlier is written again`,
  );
  expect(notices.some((notice) => notice.startsWith('going on'))).toBe(false);
  expect(folders.get('m')).toEqual(whole);
});

it('tells what is withdrawn by what it reads, and writes again only what an earlier run wrote', async () => {
  const { folders, whole } = await unfinished();
  const withdrawn = 't changed: "Energy" is withdrawn.';
  const again = await write(folders, new Faults(), { weights: memory({}, withdrawn).weights });
  expect(again.filter((notice) => notice === withdrawn)).toHaveLength(1);
  expect(again).toContain(
    'weights of a donor changed since this merge was begun: what was written earlier is written again',
  );
  expect(folders.get('m')).toEqual(whole);
  const fresh = await write(new Map(), new Faults(), { weights: memory({}, withdrawn).weights });
  expect(fresh).toContain(withdrawn);
  expect(fresh.some((notice) => notice.includes('written again'))).toBe(false);
});

it('measures noise again where a donor changed since an earlier run measured it, though that wrote no file', async () => {
  const twin: Folders = new Map();
  await write(twin, new Faults());
  for (let at = 1; ; at += 1) {
    const folders: Folders = new Map();
    await write(folders, new Faults({ at, kind: 'kill' })).catch(() => undefined);
    const held = folders.get('m')?.get('.frankenscope-merge.json');
    const manifest = held ? await readManifest(new TextDecoder().decode(held)) : null;
    if (!manifest || Object.keys(manifest.deviations).length === 0) continue;
    expect(manifest.finished).toEqual([]);
    // As of the weights before.
    const deviations = Object.fromEntries(Object.keys(manifest.deviations).map((tensor) => [tensor, 9]));
    const older = new TextEncoder().encode(await writeManifest({ ...manifest, deviations }));
    folders.get('m')?.set('.frankenscope-merge.json', older);
    await write(folders, new Faults(), { weights: memory({}, 't changed.').weights });
    expect(folders.get('m')).toEqual(twin.get('m'));
    return;
  }
});
