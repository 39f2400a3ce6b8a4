import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JournalFiles } from '../../scripts/journal-files.mjs';
import { PartialFiles } from '../../scripts/partial-files.mjs';
import { Session } from '../../scripts/session.mjs';
import { serve } from '../../scripts/static-server.mjs';
import { outFolder } from './out-folder.ts';

let top = '';
let files: PartialFiles;
let server: Awaited<ReturnType<typeof serve>>;
let session: Session;
beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  files = new PartialFiles(join(top, 'out'));
  session = new Session(files, new JournalFiles(join(top, 'journal')));
  server = await serve(top, { before: session.answer });
});
afterEach(async () => {
  await server.close();
  rmSync(top, { recursive: true });
});
const out = () => outFolder(new URL(session.path, server.url).href);

describe('a folder of results', () => {
  test('takes files piece by piece, and names them when all is done', async () => {
    const bytes = Uint8Array.from({ length: 20_000_001 }, (_, i) => (i * 7) % 251);
    const writer = (await out().create('model-00001-of-00001.safetensors')).getWriter();
    // Pieces of every kind: none, one byte, and more than one request takes.
    for (const [start, end] of [
      [0, 0],
      [0, 1],
      [1, 17_000_000],
      [17_000_000, bytes.length],
    ] as const)
      await writer.write(bytes.subarray(start, end));
    await writer.close();
    await out().json('answers/a b%.json', { text: 'größer' });
    await out().create('empty.jsonl');

    const [begun = '', ...others] = readdirSync(join(top, 'out'));
    expect(others).toEqual([]);
    expect(begun).toMatch(/^\.frankenscope-[0-9a-f]{8}-\d+-\d+-[0-9a-f]{8}$/);
    expect(readdirSync(join(top, 'out', begun)).sort()).toEqual([
      'answers',
      'empty.jsonl',
      'model-00001-of-00001.safetensors',
    ]);
    await files.commit();
    expect(readFileSync(join(top, 'out', 'model-00001-of-00001.safetensors')).equals(bytes)).toBe(true);
    expect(JSON.parse(readFileSync(join(top, 'out', 'answers', 'a b%.json'), 'utf8'))).toEqual({
      text: 'größer',
    });
    expect(readFileSync(join(top, 'out', 'empty.jsonl'))).toHaveLength(0);
    expect(readdirSync(join(top, 'out')).sort()).toEqual([
      'answers',
      'empty.jsonl',
      'model-00001-of-00001.safetensors',
    ]);
  });

  test('leaves nothing behind where the work fails', async () => {
    await out().text('deep/er/report.md', 'half');
    await files.discard();
    expect(existsSync(join(top, 'out'))).toBe(false);
  });

  test('keeps what an earlier run wrote until the new one is done', async () => {
    await out().text('report.md', 'first');
    await files.commit();
    writeFileSync(join(top, 'out', 'notes.txt'), 'mine');
    await out().text('report.md', 'second');
    expect(readFileSync(join(top, 'out', 'report.md'), 'utf8')).toBe('first');
    await files.discard();
    expect(readdirSync(join(top, 'out')).sort()).toEqual(['notes.txt', 'report.md']);
  });

  test.each(['../escaped', 'a/../../b', '/etc/passwd', 'a//b', 'a\\b', ''])(
    'refuses the path "%s"',
    async (path) => {
      await expect(out().create(path)).rejects.toMatchObject({ name: 'OutputFailed' });
      expect(existsSync(join(top, 'out'))).toBe(false);
    },
  );

  test('a writer that runs ahead of the disk is held back', async () => {
    const writer = (await out().create('big')).getWriter();
    const written = writer.write(new Uint8Array(16 * 2 ** 20));
    expect(writer.desiredSize).toBeLessThanOrEqual(0);
    await written;
    await writer.ready;
    expect(writer.desiredSize).toBeGreaterThan(0);
  });

  test('nobody writes who does not know the token', async () => {
    const address = new URL(session.path.replace(/\w{8}\/$/, '00000000/'), server.url).href;
    await expect(outFolder(address).create('a')).rejects.toMatchObject({ name: 'OutputFailed' });
  });
});
