/** What our flags leave of the network, as Chromium itself records it; and one run as a user who is not root. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { findBrowser } from '../scripts/browser.mjs';
import { chromiumFlags, NO_SANDBOX_HERE, runsUnsandboxed } from '../scripts/chromium-flags.mjs';
import { ROOT } from '../scripts/paths.mjs';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenFolder, goldenImage } from './fixtures/goldens.ts';
import { headless } from './fixtures/headless.ts';
import { recordedBrowser } from './fixtures/recorded-browser.ts';

const MODEL = ['--model', goldenFolder('untied-gqa4-f32')];
/** Of no account, on Linux and macOS alike. */
const NOBODY = 65534;
/** How long a Chromium is watched after the page stands: it asks for accounts and updates in its first second. */
const WATCHED_MS = 5000;

test.skip(process.platform === 'win32', 'the browser is wrapped in a script for sh');

let folder: ReturnType<typeof temporaryFolder>;
test.beforeEach(() => {
  folder = temporaryFolder();
});
test.afterEach(() => folder.dispose());

test('the headless command calls nothing but the machine itself', async () => {
  const browser = recordedBrowser(folder.path);
  const words = ['generate', ...MODEL, '--prompt', 'What?', '--image', goldenImage('square')];
  const run = [...words, '--device', 'wasm', '--dtype', 'f32', '--max-new-tokens', '2'];
  const { code } = await headless(run, undefined, { env: { CHROME_PATH: browser.path } });
  expect(code).toBe(0);
  const { lookups, called, own } = browser.network();
  expect(own.length).toBeGreaterThan(0);
  expect(lookups).toEqual([]);
  expect(called).toEqual([]);
});

test('nor does the page that npm start serves, in a Chromium with our flags', async () => {
  const browser = recordedBrowser(folder.path);
  const server = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs'), '--port', '0', '--no-open']);
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      server.on('close', () => reject(new Error(said)));
      server.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /(http:\/\/\S+)\s/.exec(said);
        if (found) resolve(found[1] ?? '');
      });
    });
    const context = await chromium.launchPersistentContext(join(folder.path, 'profile'), {
      executablePath: browser.path,
      args: chromiumFlags('software'),
      chromiumSandbox: !runsUnsandboxed(),
    });
    const page = await context.newPage();
    await page.goto(url);
    await expect(page.getByRole('navigation').first()).toBeVisible();
    await page.waitForTimeout(WATCHED_MS);
    // What a page tries by name or number is stopped by the same wall.
    for (const address of ['https://example.com/', 'http://192.0.2.1:8080/', 'http://[2001:db8::1]/']) {
      const other = await context.newPage();
      await expect(other.goto(address)).rejects.toThrow('ERR_CONNECTION_REFUSED');
    }
    await context.close();
    const { lookups, called, own } = browser.network();
    expect(own.length).toBeGreaterThan(0);
    expect(lookups).toEqual([]);
    expect(called).toEqual([]);
  } finally {
    server.kill();
  }
});

/** Why no run as nobody can be made here; null where it can, or where the tests are not run by root. */
function noOtherUser(): string | null {
  if (process.getuid?.() !== 0) return null;
  const as = { uid: NOBODY, gid: NOBODY };
  if (
    spawnSync(
      process.execPath,
      ['-e', `require('fs').readFileSync(${JSON.stringify(join(ROOT, 'package.json'))})`],
      as,
    ).status !== 0
  )
    return 'the repository cannot be read by others than root';
  // Without a helper owned by root, Chromium's sandbox is a user namespace.
  if (process.platform === 'linux' && spawnSync('unshare', ['--user', 'true'], as).status !== 0)
    return 'this machine gives users no namespaces of their own';
  return null;
}

test('a user whom the machine gives no sandbox is told, and gets the same result', async () => {
  const why = noOtherUser();
  test.skip(process.platform !== 'linux' || why !== null, why ?? 'of Linux');
  // A Chromium as it starts there: it ends with these words, unless it is told to do without.
  const [browser, out] = [join(folder.path, 'unlucky'), join(folder.path, 'info.json')];
  const script = `case " $* " in *" --no-sandbox "*) exec '${findBrowser() ?? ''}' "$@" ;; esac`;
  writeFileSync(browser, `#!/bin/sh\n${script}\necho 'FATAL: No usable sandbox!' >&2\nexit 1\n`);
  chmodSync(browser, 0o755);
  chmodSync(folder.path, 0o777);
  const mine = await headless(['info', ...MODEL]);
  const run = await headless(['info', ...MODEL, '--out', out], undefined, {
    env: { CHROME_PATH: browser, HOME: folder.path, TMPDIR: folder.path },
    ...(process.getuid?.() === 0 ? { user: NOBODY } : {}),
  });
  expect(run.stderr).toBe(`${NO_SANDBOX_HERE}\n`);
  expect(run.code).toBe(0);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(JSON.parse(mine.stdout));
});

test('a user who is not root gets the sandbox, and the same result', async () => {
  const why = noOtherUser();
  test.skip(why !== null, why ?? '');
  const [browser, out] = [recordedBrowser(folder.path), join(folder.path, 'info.json')];
  chmodSync(folder.path, 0o777);
  const mine = await headless(['info', ...MODEL]);
  const run = await headless(['info', ...MODEL, '--out', out], undefined, {
    env: { CHROME_PATH: browser.path, HOME: folder.path, TMPDIR: folder.path },
    ...(process.getuid?.() === 0 ? { user: NOBODY } : {}),
  });
  expect(run.code).toBe(0);
  // The fixture takes the notice to root out of what it gives: the flags tell.
  expect(run.stderr).toBe('');
  expect(browser.flags()).not.toContain('--no-sandbox');
  expect(browser.flags()).toContain('--headless=new');
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(JSON.parse(mine.stdout));
});
