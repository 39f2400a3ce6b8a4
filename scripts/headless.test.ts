import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS, type Command } from './commands.mjs';
import { fileStamp } from './file-stamp.mjs';
import { findDemos, findInputs } from './inputs.mjs';
import { NamedError } from './named-error.mjs';
import { ROOT } from './paths.mjs';
import { checkOut, exitCode, line, PageError } from './run-command.mjs';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const headless = (...words: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'scripts/headless.mjs'), ...words], { encoding: 'utf8' });

describe('bad input ends with 2, one line on stderr and nothing on stdout', () => {
  test.each([
    [
      ['frobnicate'],
      /^UnknownCommand: "frobnicate" is not a command; known: (\w+ )*generate info kept lens logits( \w+)* worker\n$/,
    ],
    [['info'], /^MissingFlag: .*--model.*\n$/],
    [
      ['info', '--model', 'no/such/folder'],
      /^FolderNotFound: there is no folder "no\/such\/folder"; --model; .*\n$/,
    ],
    [['info', '--model', 'demo:x', '--out', 'no/such/file'], /^FolderNotFound: .*--out.*\n$/],
    [
      ['generate', '--model', 'demo:x', '--prompt', 'a', '--image', 'no.png'],
      /^FileNotFound: there is no file "no.png"; --image; .*\n$/,
    ],
    [
      ['energy', '--in', 'demo:x', '--rl', 'demo:y', '--journal', 'no.journal.jsonl'],
      /^FileNotFound: there is no file "no.journal.jsonl"; --journal; .*\n$/,
    ],
    [['worker', '--model', 'demo:x'], /^UnknownFlag: "--model" is not a flag; known: \n$/],
    [['kept', '--save', 'KEY'], /^BadValue: a file cannot go to stdout; --out; give a file\n$/],
  ])('%j', (words, stderr) => {
    const { status, ...said } = headless(...words);
    expect(said.stderr).toMatch(stderr);
    expect(said.stdout).toBe('');
    expect(status).toBe(2);
  });
});

test('help is no error', () => {
  expect(headless('--help')).toMatchObject({
    ...{
      status: 0,
      stderr: '',
      stdout: expect.stringMatching(/^ {2}ablate {2}.*^ {2}worker {2}/ms) as string,
    },
  });
  expect(headless('worker', '--help')).toMatchObject({ status: 0, stderr: '' });
  expect(headless('generate', '--help').stdout).toContain('--max-new-tokens INTEGER');
});

describe('a checkpoint folder', () => {
  const inputs = (model: string) => findInputs(COMMANDS.info as Command, { model });

  test('gives its own files in order, links included, and nothing else', () => {
    const blobs = join(folder, 'blobs');
    const snapshot = join(folder, 'snapshot');
    mkdirSync(blobs);
    mkdirSync(join(snapshot, 'nested.json'), { recursive: true });
    writeFileSync(join(blobs, 'abc'), '{}');
    symlinkSync(join('..', 'blobs', 'abc'), join(snapshot, 'config.json'));
    symlinkSync(join('..', 'blobs', 'gone'), join(snapshot, 'broken.json'));
    for (const name of ['model.safetensors', 'chat_template.jinja', 'merges.txt', 'a.bin', 'README.md'])
      writeFileSync(join(snapshot, name), '');
    const expected = ['chat_template.jinja', 'config.json', 'merges.txt', 'model.safetensors'];
    expect(inputs(snapshot).model).toEqual([
      {
        name: 'snapshot',
        demo: null,
        kind: 'checkpoint',
        paths: expected,
        files: expected.map((name) => join(snapshot, name)),
      },
    ]);
  });

  test('gives what else holds weights, so that the page can say what the folder is', () => {
    const paths = (model: string) => inputs(model).model?.flatMap((input) => input.paths);
    const made = (name: string, files: readonly string[]): string => {
      for (const file of files) {
        mkdirSync(join(folder, name, file, '..'), { recursive: true });
        writeFileSync(join(folder, name, file), '');
      }
      return join(folder, name);
    };
    const actor = ['model_world_size_1_rank_0.pt', 'optim_world_size_1_rank_0.pt'];
    expect(paths(made('actor', [...actor, 'huggingface/config.json']))).toEqual(actor);
    const zero = ['config.json', 'zero_to_fp32.py', 'global_step5/mp_rank_00_model_states.pt'];
    expect(paths(made('zero', [...zero, 'latest', 'rng/notes.txt']))).toEqual(zero);
    const both = ['model.safetensors', 'pytorch_model.bin'];
    expect(paths(made('both', [...both, 'step/old.pt']))).toEqual(both);
  });

  test('without checkpoint files is refused', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(() => inputs(empty)).toThrow(
      /holds no checkpoint files; --model; give the folder with config\.json/,
    );
    // As peft saves adapters that have names of their own.
    for (const adapter of ['policy', 'reference', 'notes']) mkdirSync(join(empty, adapter));
    for (const adapter of ['policy', 'reference'])
      writeFileSync(join(empty, adapter, 'adapter_config.json'), '{}');
    expect(() => inputs(empty)).toThrow(
      `--model; give one of the folders in it that do: "${join(empty, 'policy')}", "${join(empty, 'reference')}"`,
    );
  });

  test('may be a demo, which lies in the built app', () => {
    const handed = inputs('demo:rl-frozen-mid');
    expect(handed.model).toMatchObject([{ name: 'demo:rl-frozen-mid', demo: 'rl-frozen-mid', files: [] }]);
    const demos = join(folder, 'demos');
    mkdirSync(join(demos, 'rl-frozen-mid'), { recursive: true });
    writeFileSync(join(demos, 'rl-frozen-mid', 'config.json'), '{}');
    expect(findDemos(handed, demos).model).toMatchObject([
      {
        name: 'demo:rl-frozen-mid',
        paths: ['config.json'],
        files: [join(demos, 'rl-frozen-mid', 'config.json')],
      },
    ]);
    // Pictures and an index beside them are none.
    mkdirSync(join(demos, 'examples'));
    writeFileSync(join(demos, 'index.json'), '{}');
    expect(() => findDemos(inputs('demo:other'), demos)).toThrow(
      /there is no demo "other"; --model; known: demo:rl-frozen-mid$/,
    );
  });
});

describe('a folder of data', () => {
  const command: Command = {
    help: '',
    writes: 'json',
    flags: { items: { kind: 'data', repeated: true, help: 'items' } },
  };
  const find = (...items: string[]) => findInputs(command, { items }).items;

  test('gives every file below it, under its relative path, hidden ones left out', () => {
    const top = join(folder, 'pairs');
    mkdirSync(join(top, 'ocr', 'images'), { recursive: true });
    mkdirSync(join(top, '.git'));
    for (const path of ['b.jsonl', 'ocr/images/1.png', 'ocr/a.json', '.git/config', 'ocr/.DS_Store'])
      writeFileSync(join(top, path), path);
    symlinkSync(top, join(top, 'ocr', 'loop'));
    const expected = ['b.jsonl', 'ocr/a.json', 'ocr/images/1.png'];
    const [given] = find(top) ?? [];
    expect(given?.paths).toEqual(expected);
    expect(given?.files).toEqual(expected.map((path) => join(top, path)));
  });

  test('may be a single file, and several', () => {
    const file = join(folder, 'gsm8k.jsonl');
    writeFileSync(file, '{}');
    expect(find(file, file)).toMatchObject([{ paths: ['gsm8k.jsonl'] }, { paths: ['gsm8k.jsonl'] }]);
  });

  test('that is a list comes with the pictures below its folder, unless it is text that names none', () => {
    const top = join(folder, 'lists');
    mkdirSync(join(top, 'pics', 'deep'), { recursive: true });
    mkdirSync(join(top, 'images'));
    mkdirSync(join(top, '.cache'));
    for (const path of [
      'pics/deep/a.PNG',
      'pics/notes.txt',
      'images/b',
      '.cache/c.png',
      'q.parquet',
      'x.bin',
    ])
      writeFileSync(join(top, path), '');
    writeFileSync(join(top, 'q.tsv'), 'image_path\tquestion\npics/deep/a.PNG\tWhat?\n');
    writeFileSync(join(top, 'text.csv'), 'question,answer\n1+1?,2\n');
    const paths = (name: string) => find(join(top, name))?.[0]?.paths;
    expect(paths('q.parquet')).toEqual(['q.parquet', 'images/b', 'pics/deep/a.PNG']);
    expect(paths('q.tsv')).toEqual(['q.tsv', 'images/b', 'pics/deep/a.PNG']);
    expect(paths('text.csv')).toEqual(['text.csv', 'images/b']);
    expect(paths('x.bin')).toEqual(['x.bin']);
  });

  test('that is not there, or holds nothing, is refused', () => {
    mkdirSync(join(folder, 'nothing'));
    expect(() => find(join(folder, 'nothing'))).toThrow('holds no files; --items');
    expect(() => find('no/such')).toThrow('there is no folder or file "no/such"; --items');
  });
});

test('a folder of results cannot go to stdout, nor in the place of a file', () => {
  const file = join(folder, 'taken');
  writeFileSync(file, '');
  expect(() => checkOut('-', 'folder')).toThrow('a folder cannot go to stdout; --out');
  expect(() => checkOut(file, 'folder')).toThrow(/is a file; --out; give a folder/);
  expect(() => checkOut(folder, 'json')).toThrow(/is a folder; --out; give a file/);
  expect(() => checkOut(join(folder, 'new'), 'folder')).not.toThrow();
  const empty = mkdtempSync(join(folder, 'empty-'));
  expect(() => checkOut(empty, 'new-folder')).not.toThrow();
  writeFileSync(join(empty, 'model.safetensors'), '');
  expect(() => checkOut(empty, 'new-folder')).toThrow(/holds "model.safetensors"; --out; give a new folder/);
  expect(() => checkOut(empty, 'folder')).not.toThrow();
});

describe('exit codes', () => {
  test.each([
    [2, new PageError({ name: 'HeaderTooLarge', message: '', kind: 'input' })],
    [3, new PageError({ name: 'Interrupted', message: '', kind: 'interrupted' })],
    [1, new PageError({ name: 'TypeError', message: '', kind: 'internal' })],
    [2, new NamedError('BadValue', '', '', '')],
    [1, new NamedError('BrowserNotFound', '', '', '')],
    [1, new Error('anything else')],
  ])('%i', (code, error) => {
    expect(exitCode(error)).toBe(code);
  });

  test('an error is one line whatever its text', () => {
    expect(line(new PageError({ name: 'Bad', message: 'one\ntwo  three', kind: 'input' }))).toBe(
      'Bad: one two three',
    );
  });
});

test('a stamp tells files from others by name, place, size and time, and not by a link to their folder', () => {
  const [top, link] = [join(folder, 'stamped'), join(folder, 'stamped-link')];
  mkdirSync(top);
  symlinkSync(top, link);
  const [a, b] = ['a', 'b'].map((name) => join(top, name)) as [string, string];
  const time = new Date(1_700_000_000_000);
  const write = (file: string, text: string, at = time): void => {
    writeFileSync(file, text);
    utimesSync(file, at, at);
  };
  for (const file of [a, b]) write(file, 'text');
  const stamp = fileStamp([a, b]);
  expect(stamp).toMatch(/^[0-9a-f]{64}$/);
  expect(fileStamp([join(link, 'a'), join(link, 'b')])).toBe(stamp);
  expect(fileStamp([b, a])).not.toBe(stamp);
  expect(fileStamp([a])).not.toBe(stamp);
  symlinkSync(b, join(top, 'c'));
  expect(fileStamp([a, join(top, 'c')])).not.toBe(stamp);
  write(b, 'texts');
  const longer = fileStamp([a, b]);
  expect(longer).not.toBe(stamp);
  write(b, 'text', new Date(1_700_000_000_001));
  expect(new Set([stamp, longer, fileStamp([a, b])]).size).toBe(3);
  write(b, 'text');
  expect(fileStamp([a, b])).toBe(stamp);
});
