/**
 * Every write, rename and flush of a command that writes a folder fails once, in every way: what is there under its name is
 * whole, of this run or of the one before; nothing of others is touched; and the next run writes what an undisturbed one does.
 */
import { describe, expect, it } from 'vitest';
import { JournalFiles } from '../../scripts/journal-files.mjs';
import { PartialFiles } from '../../scripts/partial-files.mjs';
import { thisProcess } from '../../scripts/run-owner.mjs';
import { Session } from '../../scripts/session.mjs';
import { answeredFetch } from '../merge/testing/answered-fetch.ts';
import { Faults } from '../merge/testing/faults.ts';
import { MemoryDisk } from '../merge/testing/memory-disk.ts';
import { outFolder } from './out-folder.ts';

const OUT = '/results/transfer';
const RESULT = {
  'IN/perception/records.jsonl': '{"id":1}\n{"id":2}\n',
  'IN/perception/summary.json': '{"N":2}',
  'IN:RL:RL/reasoning/records.jsonl': '{"größer":true}\n',
  'paper_metrics.json': '{"IN":{"M_vis":0.5}}',
};
const EARLIER = { 'paper_metrics.json': '{"IN":{"M_vis":0.25}}', 'IN/perception/summary.json': '{"N":1}' };
const FOREIGN = { 'notes.txt': 'mine', 'paper_metrics.json.partial': 'mine, too' };

async function write(
  disk: MemoryDisk,
  faults: Faults,
  result: Readonly<Record<string, string>>,
): Promise<void> {
  const files = new PartialFiles(OUT, disk.calls(faults), { ...thisProcess(), process: 99_999_999 });
  const session = new Session(files, new JournalFiles('/nowhere'));
  const out = outFolder(session.path, answeredFetch(session));
  try {
    for (const [path, text] of Object.entries(result)) await out.text(path.replaceAll(':', '-'), text);
    await files.commit();
  } finally {
    await files.discard();
  }
}

const texts = (disk: MemoryDisk): Record<string, string> =>
  Object.fromEntries([...disk.files(OUT)].map(([path, bytes]) => [path, bytes.toString()]));
const named = (result: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(result).map(([path, text]) => [path.replaceAll(':', '-'), text]));

/** A disk on which an earlier run wrote its result, and somebody his own files. */
async function used(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  await write(disk, new Faults(), { ...EARLIER, ...FOREIGN });
  return disk;
}

describe.each([
  ['new', () => Promise.resolve(new MemoryDisk()), {}, {}],
  ['that holds an earlier result', used, EARLIER, FOREIGN],
] as const)('a folder %s', (_, made, earlier: Readonly<Record<string, string>>, foreign) => {
  it.each(['ENOSPC', 'EIO', 'kill'] as const)('survives %s at every call', async (kind) => {
    const counted = new Faults();
    await write(await made(), counted, RESULT);
    expect(counted.calls).toBeGreaterThan(15);
    const wanted = { ...named(RESULT), ...foreign };
    for (let at = 1; at <= counted.calls; at += 1) {
      const disk = await made();
      const faults = new Faults({ at, kind });
      const error = await write(disk, faults, RESULT).then(
        () => null,
        (error: unknown) => error as Error,
      );
      const place = `${kind} at ${at}, ${faults.met}`;
      if (error && kind !== 'kill')
        expect(error.message, place).toMatch(
          kind === 'EIO' ? /"\/results\/transfer" failed/ : /no room on the disk of "\/res/,
        );
      if (kind === 'kill') disk.cutPower();
      for (const [path, text] of Object.entries(texts(disk))) {
        // What lies in the folder of the run itself has no name yet.
        if (path.startsWith('.frankenscope-')) expect(kind, place).toBe('kill');
        else
          expect([wanted[path as keyof typeof wanted], earlier[path]], `${place}: ${path}`).toContain(text);
      }
      expect(texts(disk), place).toMatchObject(foreign);
      await write(disk, new Faults(), RESULT);
      expect(texts(disk), place).toEqual(wanted);
    }
  });
});
