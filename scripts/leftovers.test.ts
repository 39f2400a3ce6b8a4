/** What killed processes leave in temporary and result folders, and who may remove it. Processes are real, and killed for real. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cleanUp } from './cleanup.mjs';
import { PartialFiles } from './partial-files.mjs';
import { ROOT } from './paths.mjs';
import { browserTemporary, makeProfile } from './profiles.mjs';
import { MANIFEST_FILE } from './result-folder.mjs';
import { ownedName, ownerOf, ownerState, thisProcess } from './run-owner.mjs';
import { checkOut } from './run-command.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const script = (name: string): string => JSON.stringify(pathToFileURL(join(ROOT, 'scripts', name)).href);

/** Runs a module in a process of its own until it says a line, and gives that; `kill` ends it as nobody can catch. */
async function process_(code: string): Promise<{ line: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `${code}; setInterval(() => {}, 1e6);`,
  ]);
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  let [said, failed] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (failed += text.toString()));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('\n')) resolve(said.trim());
    });
    child.on('close', () => reject(new Error(failed)));
  });
  return { line, kill: () => (child.kill('SIGKILL'), gone) };
}

const aProfile = () =>
  process_(
    `import { makeProfile } from ${script('profiles.mjs')}; console.log(makeProfile(${JSON.stringify(folder)}))`,
  );
const aWriter = () =>
  process_(`
    import { PartialFiles } from ${script('partial-files.mjs')};
    const files = new PartialFiles(${JSON.stringify(join(folder, 'out'))});
    await files.create('a/records.jsonl');
    await files.append('a/records.jsonl', [Buffer.from('half')]);
    console.log('written')`);

describe('profiles of browsers', () => {
  test('of a killed run are removed by the next; those of a live one and of others stay', async () => {
    const [killed, alive] = [await aProfile(), await aProfile()];
    writeFileSync(join(killed.line, 'Preferences'), '{}');
    for (const name of ['frankenscope-profile-mine', 'frankenscope-1234', 'playwright_chromiumdev_profile-x'])
      mkdirSync(join(folder, name));
    const elsewhere = ownedName('frankenscope-profile-', { machine: '00000000', process: 1, start: '1' });
    mkdirSync(join(folder, elsewhere));
    await killed.kill();
    const own = makeProfile(folder);
    expect(existsSync(killed.line)).toBe(false);
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual(
      expect.arrayContaining([alive.line, own]),
    );
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining([elsewhere, 'frankenscope-profile-mine', 'frankenscope-1234']),
    );
    await alive.kill();
    const next = makeProfile(folder);
    expect(existsSync(alive.line)).toBe(false);
    expect([existsSync(own), existsSync(next)]).toEqual([true, true]);
  });

  test('a link of such a name leads nowhere, and a browser that is still there keeps its own', async () => {
    const dead = { ...thisProcess(), process: 99_999_999 };
    const thesis = join(folder, 'thesis');
    mkdirSync(thesis);
    writeFileSync(join(thesis, 'chapter'), 'mine');
    symlinkSync(thesis, join(folder, ownedName('frankenscope-profile-', dead)));
    const used = join(folder, ownedName('frankenscope-profile-', dead));
    mkdirSync(used);
    symlinkSync(`host-${process.pid}`, join(used, 'SingletonLock'));
    makeProfile(folder);
    expect(readFileSync(join(thesis, 'chapter'), 'utf8')).toBe('mine');
    expect(existsSync(used)).toBe(true);
  });

  test('a temporary folder that is not there is named', () => {
    expect(() => makeProfile(join(folder, 'no'))).toThrow(/no" is there no longer \(ENOENT\).*TMPDIR/);
  });
});

describe('the owner in a name', () => {
  test('is read back, and told from another process of the same number', () => {
    const own = thisProcess();
    expect(ownerOf('x-', ownedName('x-', own))).toEqual(own);
    expect(ownerState(own)).toBe('alive');
    expect(ownerState({ ...own, process: 99_999_999 })).toBe('gone');
    expect(ownerState({ ...own, machine: '00000000' })).toBe('unknown');
    // Where the system tells when a process began.
    if (own.start !== '0') expect(ownerState({ ...own, start: `${own.start}1` })).toBe('gone');
  });

  test.each([
    'x-',
    'x-1-2-3-4',
    'x-0123abcd-0-1-0123abcd',
    'y-0123abcd-1-1-0123abcd',
    'x-0123abcd-1-1-0123abcd.txt',
  ])('is not seen in "%s"', (name) => {
    expect(ownerOf('x-', name)).toBeNull();
  });
});

describe('a folder of results', () => {
  const text = async (files: PartialFiles, path: string, content: string): Promise<void> => {
    await files.create(path);
    await files.append(
      path,
      (async function* () {
        yield Buffer.from(content);
      })(),
    );
  };

  test('of a killed command blocks nobody: the next writes the same, and nothing else is left or lost', async () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    writeFileSync(join(out, 'records.jsonl.partial'), 'mine');
    const [killed, alive] = [await aWriter(), await aWriter()];
    await killed.kill();
    expect(existsSync(join(out, 'a', 'records.jsonl'))).toBe(false);
    expect(() => checkOut(out, 'folder')).not.toThrow();
    const files = new PartialFiles(out);
    await text(files, 'a/records.jsonl', 'whole');
    await files.commit();
    expect(readFileSync(join(out, 'a', 'records.jsonl'), 'utf8')).toBe('whole');
    expect(readFileSync(join(out, 'records.jsonl.partial'), 'utf8')).toBe('mine');
    // That of the live one.
    expect(readdirSync(out).filter((name) => name.startsWith('.frankenscope-'))).toHaveLength(1);
    expect((await files.list()).writers).toHaveLength(1);
    await files.discard();
    await alive.kill();
    await text(files, 'b', 'x');
    await files.commit();
    expect(readdirSync(out).sort()).toEqual(['a', 'b', 'records.jsonl.partial']);
  });

  test('keeps what a run on another machine writes, until that has been silent for two minutes', async () => {
    const out = join(folder, 'out');
    const theirs = join(out, ownedName('.frankenscope-', { machine: '00000000', process: 1, start: '1' }));
    mkdirSync(theirs, { recursive: true });
    const looks = async (): Promise<readonly string[]> => {
      const files = new PartialFiles(out);
      const { writers } = await files.list();
      await files.discard();
      return writers;
    };
    expect(await looks()).toHaveLength(1);
    const earlier = new Date(Date.now() - 150_000);
    utimesSync(theirs, earlier, earlier);
    expect(await looks()).toEqual([]);
    expect(readdirSync(out)).toEqual([]);
  });

  test('a merge’s may hold what an unfinished one and the system put there', () => {
    const out = join(folder, 'out');
    mkdirSync(join(out, ownedName('.frankenscope-')), { recursive: true });
    writeFileSync(join(out, '.DS_Store'), '');
    expect(() => checkOut(out, 'new-folder')).not.toThrow();
    writeFileSync(join(out, 'model-00001-of-00004.safetensors'), '');
    expect(() => checkOut(out, 'new-folder')).toThrow(/holds "model-00001-of-00004.safetensors"/);
    writeFileSync(join(out, MANIFEST_FILE), '');
    expect(() => checkOut(out, 'new-folder')).not.toThrow();
  });

  test('that cannot be written says so, with path and remedy', async () => {
    const out = join(folder, 'out');
    mkdirSync(out);
    const files = new PartialFiles(out);
    await text(files, 'a', 'x');
    rmSync(out, { recursive: true });
    await expect(files.finish('a')).rejects.toMatchObject({
      name: 'FolderGone',
      message: `"${out}" is there no longer (ENOENT); a; connect the disk or make the folder again, or choose another place with --out`,
    });
    await files.discard();
  });

  test('on a full disk: how much was to be written, and how much is free', async () => {
    const full = async (): Promise<never> => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    const statfs = async () => ({ blocks: 10, bavail: 3, bsize: 4_000_000 });
    const nodeFs = await import('node:fs/promises');
    const files = new PartialFiles(join(folder, 'out'), { ...nodeFs, open: full, statfs } as never);
    await expect(files.create('a')).rejects.toMatchObject({
      name: 'DiskFull',
      message: `no room on the disk of "${join(folder, 'out')}": 12000000 bytes (12 MB) are free; a; free some space, or choose another place with --out`,
      facts: { code: 'ENOSPC', folder: join(folder, 'out'), free: 12_000_000 },
    });
    await files.discard();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('tidying up goes on after a failure, and tells it instead of throwing', async () => {
  const told: string[] = [];
  const done: string[] = [];
  await cleanUp((line) => told.push(line), {
    'one could not be closed': () => done.push('one'),
    'two could not be closed': () => Promise.reject(new Error('EBUSY: busy\nat …')),
    'three could not be closed': () => done.push('three'),
  });
  expect(done).toEqual(['one', 'three']);
  expect(told).toEqual(['two could not be closed: EBUSY: busy']);
});

test('a browser’s socket lies where its path is short enough', () => {
  expect(browserTemporary('/tmp/own', 'linux')).toBe('/tmp/own');
  expect(browserTemporary(`/tmp/${'a'.repeat(60)}`, 'linux')).toMatch(/^(\/var)?\/tmp$/);
  expect(browserTemporary(`C:\\${'a'.repeat(200)}`, 'win32')).toContain('aaa');
});
