import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NamedError } from '../named-error.mjs';
import { PACKAGES, ROOT } from '../paths.mjs';
import { buildModules } from './build-modules.mjs';
import { declarations } from './declarations.mjs';

/** By package, the modules its threads run, by the name of the file in `workers/` that the app has for them. */
const WORKERS = {
  engine: {
    engine: 'packages/engine/engine-worker.ts',
    weights: 'workers/weights.ts',
    prompts: 'workers/prompts.ts',
  },
  'spectra-webgpu': { spectra: 'workers/spectra.ts' },
};

export const NAMES = Object.keys(WORKERS);

/**
 * Packs `packages/NAME` with what it needs of `src/`: modules, types, licences, README and example. Versions are those of the
 * project's own package.json.
 *
 * @param {string} name
 * @param {string} folder where the tarball goes
 * @returns {Promise<string>} its path
 * @throws {NamedError} BuildFailed
 */
export async function pack(name, folder) {
  const own = join(PACKAGES, name);
  const stage = mkdtempSync(join(tmpdir(), 'pack-'));
  try {
    const { version, license, dependencies, devDependencies } = manifest(ROOT);
    const pinned = { ...dependencies, ...devDependencies };
    const written = { ...withVersions(manifest(own), pinned), version, license };
    const entries = { index: join('packages', name, 'index.ts') };
    await buildModules(entries, /** @type {Record<string, Record<string, string>>} */ (WORKERS)[name] ?? {}, {
      outDir: stage,
      external: Object.keys(written.dependencies),
    });
    for (const [path, text] of declarations(join(ROOT, entries.index)))
      write(join(stage, 'types', path), text);
    cpSync(join(own, 'README.md'), join(stage, 'README.md'));
    cpSync(join(ROOT, 'LICENSE'), join(stage, 'LICENSE'));
    cpSync(join(own, 'example'), join(stage, 'example'), { recursive: true });
    writeJson(join(stage, 'package.json'), written);
    const example = withVersions(manifest(join(own, 'example')), { ...pinned, [written.name]: version });
    writeJson(join(stage, 'example', 'package.json'), example);
    mkdirSync(folder, { recursive: true });
    return join(folder, npmPack(stage, folder));
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * @typedef {{
 *   name: string,
 *   dependencies?: Record<string, string>,
 *   devDependencies?: Record<string, string>,
 * }} Manifest
 */

/**
 * @param {string} folder
 * @returns {Manifest & {version: string, license: string}}
 */
function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * A manifest with its dependencies at the versions that are pinned.
 * @param {Manifest} manifest
 * @param {Record<string, string>} pinned
 */
function withVersions({ dependencies = {}, devDependencies = {}, ...manifest }, pinned) {
  const at = (/** @type {Record<string, string>} */ names) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, pinned[name] ?? missing(name)]));
  return { ...manifest, dependencies: at(dependencies), devDependencies: at(devDependencies) };
}

/**
 * @param {string} name
 * @returns {never}
 */
function missing(name) {
  throw new NamedError(
    'BuildFailed',
    `${name} has no version`,
    'package.json',
    'install it in the project first',
  );
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * @param {string} path
 * @param {unknown} value
 */
function writeJson(path, value) {
  write(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * @param {string} stage
 * @param {string} folder
 * @returns {string} the tarball's name
 */
function npmPack(stage, folder) {
  const npm = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: stage,
    encoding: 'utf8',
    // On Windows npm is a .cmd file, which only a shell can start.
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) throw new NamedError('BuildFailed', 'npm pack failed', '', npm.stderr ?? '');
  return JSON.parse(npm.stdout)[0].filename;
}
