/** A merge that takes an adapter writes what `merge_and_unload` of peft does, to one step of bfloat16. */
import { expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes } from '../checkpoint/checkpoint.ts';
import { adapterFolder } from '../checkpoint/formats/peft/adapter-folder.ts';
import { adapterFiles, baseFiles, BASES, expectedOfPeft, mergedRows } from '../engine/testing/adapters.ts';
import { readHeader } from '../checkpoint/header.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import { measureNoise } from './measure.ts';
import { planMerge } from './plan/plan.ts';
import { parseBlocks } from './recipe/blocks.ts';
import { openDonors } from './testing/donors.ts';

/** Bit patterns in the order of the values they stand for: neighbours differ by one. */
function ordered(bytes: Uint8Array): number[] {
  const codes = new Uint16Array(bytes.slice().buffer);
  return [...codes].map((code) => (code < 0x8000 ? code : 0x8000 - code));
}

it.each(['lora', 'dora-bf16'] as const)('%s', async (kind) => {
  const base = await baseFiles(kind);
  const adapted = await adapterFolder(base, await adapterFiles(kind), { baseName: BASES[kind] });
  const open = await openDonors(
    new Map([
      ['Base', base],
      ['RL', adapted],
    ]),
  );
  const plan = planMerge(parseBlocks('RL:RL:RL', ['Base', 'RL'], 3), open.donors);
  const merged = await openCheckpoint(new MergedFolder(await measureNoise(plan, open.folders), open.folders));
  const rows = await mergedRows();
  const { tensors } = await readHeader(rows, rows.name);
  for (const name of (await expectedOfPeft()).names[kind] ?? []) {
    const [entry, expected] = [
      merged.tensors.get(name),
      tensors.find(({ storedName }) => storedName === `${kind}/${name}`),
    ];
    if (!entry || !expected) throw new Error(`no ${name}`);
    expect(entry.dtype, name).toBe('BF16');
    const bytes = await readTensorBytes(merged, entry);
    const row = entry.bytes / (entry.shape[0] ?? 1);
    const ours = [...ordered(bytes.subarray(0, row)), ...ordered(bytes.subarray(-row))];
    const theirs = ordered(new Uint8Array(await rows.slice(expected.start, expected.end).arrayBuffer()));
    expect(ours.length, name).toBe(theirs.length);
    const steps = ours.map((code, index) => Math.abs(code - (theirs[index] as number)));
    expect(Math.max(...steps), name).toBeLessThanOrEqual(1);
  }
});
