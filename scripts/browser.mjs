import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { NamedError } from './named-error.mjs';

const ENVIRONMENT = ['CHROME_PATH', 'CHROMIUM_PATH', 'CHROME_BIN'];
const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const MAC = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome Canary.app/Contents/MacOS/Google Chrome Canary',
];
const WINDOWS = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];

const REMEDY =
  'install Chrome or Chromium (https://www.google.com/chrome, or your package manager) ' +
  'or set CHROME_PATH to its executable';

const require = createRequire(import.meta.url);

/**
 * Places a Chromium or Chrome may be, best first: what the environment names, the system's own, Playwright's
 * download.
 * @param {NodeJS.Platform} [platform]
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function browserCandidates(platform = process.platform, env = process.env) {
  const named = ENVIRONMENT.map((name) => env[name] ?? '');
  return [...named, ...systemCandidates(platform, env), playwrightBrowser()].filter((path) => path !== '');
}

/**
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 */
function systemCandidates(platform, env) {
  if (platform === 'darwin') {
    const folders = ['/Applications', join(env.HOME ?? '', 'Applications')];
    return folders.flatMap((folder) => MAC.map((path) => join(folder, path)));
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    return folders.flatMap((folder) => (folder ? WINDOWS.map((path) => `${folder}\\${path}`) : []));
  }
  const folders = (env.PATH ?? '').split(delimiter).concat('/usr/bin', '/opt/google/chrome', '/snap/bin');
  return COMMANDS.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Where Playwright keeps the browser it downloads; empty where Playwright is not installed yet. */
function playwrightBrowser() {
  try {
    return /** @type {typeof import('playwright-core')} */ (
      require('playwright-core')
    ).chromium.executablePath();
  } catch {
    return '';
  }
}

/**
 * Path of an installed Chromium or Chrome.
 * @returns {string | undefined}
 */
export function findBrowser() {
  return browserCandidates().find((path) => existsSync(path));
}

/**
 * Path of a Chromium that starts; installs one where there is none: Playwright's own download, else Debian's
 * `chromium`. Everything the installers say goes to stderr.
 * @returns {string}
 * @throws {NamedError} BrowserNotFound
 */
export function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  for (const install of [installPlaywrightBrowser, installDebianBrowser]) {
    install();
    const installed = browserCandidates().find((path) => existsSync(path) && starts(path));
    if (installed) return installed;
  }
  throw new NamedError(
    'BrowserNotFound',
    'there is no Chromium or Chrome, and none could be installed',
    '',
    REMEDY,
  );
}

/**
 * Whether a browser's libraries are there. Elsewhere than on Linux nothing can be missing, and on Windows
 * `--version` would open a window.
 * @param {string} path
 */
function starts(path) {
  return process.platform !== 'linux' || spawnSync(path, ['--version'], { timeout: 30_000 }).status === 0;
}

function installPlaywrightBrowser() {
  const cli = join(require.resolve('playwright-core/package.json'), '..', 'cli.js');
  // Without a short limit, a network that swallows packets holds the download for many minutes.
  const env = { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000' };
  console.error('No Chromium or Chrome found: downloading one with Playwright.');
  const done = spawnSync(process.execPath, [cli, 'install', 'chromium'], {
    stdio: ['ignore', 2, 2],
    env,
    timeout: 600_000,
  });
  const path = playwrightBrowser();
  if (done.status === 0 && process.platform === 'linux' && asRoot() && !starts(path)) {
    console.error('Installing the libraries it needs.');
    spawnSync(process.execPath, [cli, 'install-deps', 'chromium'], { stdio: ['ignore', 2, 2], env });
  }
}

/** Debian alone: Ubuntu's package of that name is a snap, which containers cannot run. */
function installDebianBrowser() {
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const root = asRoot();
  if (!/^ID=debian$/m.test(release) || !root) return;
  console.error("Installing Debian's chromium package.");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const command of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    const [program = '', ...rest] = [...root, ...command];
    spawnSync(program, rest, { stdio: ['ignore', 2, 2], env });
  }
}

/**
 * The words to put before a command that needs root; undefined where there is no way to become root.
 * @returns {string[] | undefined}
 */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}
