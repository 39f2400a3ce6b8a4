import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './paths.mjs';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'frankenscope-'));
  mkdirSync(join(folder, 'model'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const info = ['--', 'info', '--model', './model'];
/** What stderr says where the folder is found, which holds no checkpoint; this costs no browser. */
const FOUND = /^FolderNotFound: "\.\/model" holds no checkpoint files; --model; /;
const NOT_FOUND = /^FolderNotFound: there is no folder "\.\/model"; --model; /;

/** @param env beside what `npm run` adds, of which nothing of the test's own run is left */
function ended(command: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name));
  return spawnSync(command, words, {
    ...{ cwd: folder, encoding: 'utf8' },
    env: { ...Object.fromEntries(inherited), ...env },
  });
}

test('paths are of the folder in which npm was called', () => {
  const { status, stdout, stderr } = ended('npm', ['run', '-s', '--prefix', ROOT, 'headless', ...info]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(FOUND);
});

test('a script of another package that starts the command with Node says where by its own folder', () => {
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, JSON.stringify({ name: 'other', version: '1.0.0' }));
  const words = [join(ROOT, 'scripts', 'headless.mjs'), ...info.slice(1)];
  const env = {
    npm_lifecycle_event: 'headless',
    npm_package_json: manifest,
    INIT_CWD: join(folder, 'model'),
  };
  expect(ended(process.execPath, words, env).stderr).toMatch(FOUND);
  const ours = { ...env, npm_package_json: join(ROOT, 'package.json') };
  expect(ended(process.execPath, words, ours).stderr).toMatch(NOT_FOUND);
  expect(ended(process.execPath, words, { ...ours, npm_lifecycle_event: 'test' }).stderr).toMatch(FOUND);
});
