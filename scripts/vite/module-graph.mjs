import { createHash } from 'node:crypto';
import { dirname, join, normalize } from 'node:path/posix';
import { parseSync } from 'vite';

/** Workers are started by address: `new Worker(new URL('../workers/spectra.ts', import.meta.url))`. */
const WORKER = /new URL\(\s*'([^']+\.ts)',\s*import\.meta\.url/g;
/** Its fields other than the version, which stands beside the hash, compute nothing; the versions of packages come from the lock. */
const MANIFEST = 'package.json';
const LOCK = 'package-lock.json';

/**
 * @typedef {(path: string) => string | null} Read text of a file, by its path from the root, with `/`; null where there is none
 * @typedef {{hash: string, imports: readonly string[]}} Module
 * @typedef {{version?: string, resolved?: string, integrity?: string, dependencies?: Record<string, string>}} Locked
 */

/** What modules are computed with: their files, and the packages of the lock that they reach. */
export class ModuleGraph {
  #read;
  /** @type {Map<string, Module>} */
  #modules = new Map();
  /** @type {Record<string, Locked>} */
  #locked;

  /** @param {Read} read */
  constructor(read) {
    this.#read = read;
    this.#locked = JSON.parse(read(LOCK) ?? '{}').packages ?? {};
  }

  /**
   * A name for everything that some modules run: SHA-256 in hex over the files that they import for more than types, however
   * far away, by path, and over the locked packages. It is the same on every machine, in a build and in development.
   *
   * @param {readonly string[]} entries paths from the root
   */
  hash(entries) {
    const { files, packages } = this.reached(entries);
    const lines = [
      ...files.map((file) => `${file} ${this.#module(file).hash}`),
      ...packages.map(
        (path) => `${path} ${this.#locked[path]?.version} ${this.#locked[path]?.integrity ?? ''}`,
      ),
    ];
    return sha256(lines.join('\n'));
  }

  /**
   * @param {readonly string[]} entries
   * @returns {{files: string[], packages: string[]}} sorted; of packages, their places in the lock
   */
  reached(entries) {
    /** @type {Set<string>} */
    const files = new Set();
    /** @type {Set<string>} */
    const packages = new Set();
    const waiting = [...entries];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (files.has(file)) continue;
      files.add(file);
      for (const name of this.#module(file).imports) {
        if (!name.startsWith('.')) this.#addPackage(packageName(name), '', packages);
        else {
          const path = this.#resolve(name, file);
          if (path !== MANIFEST) waiting.push(path);
        }
      }
    }
    return { files: [...files].sort(), packages: [...packages].sort() };
  }

  /**
   * @param {string} path
   * @returns {Module}
   */
  #module(path) {
    const known = this.#modules.get(path);
    if (known) return known;
    const text = this.#read(path)?.replaceAll('\r\n', '\n');
    if (text === undefined) throw new Error(`${path} is imported by what computes, and is not there`);
    if (path.startsWith('src/ui/')) throw new Error(`${path} draws, and what computes imports it`);
    const module = { hash: sha256(text), imports: /\.m?[jt]s$/.test(path) ? importsOf(path, text) : [] };
    this.#modules.set(path, module);
    return module;
  }

  /**
   * @param {string} name relative
   * @param {string} importer
   */
  #resolve(name, importer) {
    const path = normalize(join(dirname(importer), name.split('?', 1)[0] ?? ''));
    // AssemblyScript leaves the extension out.
    return [path, `${path}.ts`, `${path}/index.ts`].find((file) => this.#read(file) !== null) ?? path;
  }

  /**
   * A package, and what it depends on, where npm laid them: the nearest `node_modules` upwards.
   *
   * @param {string} name
   * @param {string} from place of the package that asks
   * @param {Set<string>} found
   */
  #addPackage(name, from, found) {
    let folder = from;
    const place = () => (folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`);
    while (!this.#locked[place()] && folder !== '')
      folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '');
    const path = place();
    const locked = this.#locked[path];
    if (!locked) throw new Error(`${name} is imported by what computes, and is not in ${LOCK}`);
    if (found.has(path)) return;
    found.add(path);
    for (const other of Object.keys(locked.dependencies ?? {})) this.#addPackage(other, path, found);
  }
}

/**
 * What a module imports when it runs: not types, nor modules that plugins make up.
 *
 * @param {string} path
 * @param {string} text
 */
function importsOf(path, text) {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} is not read: ${errors[0]?.message}`);
  const literal = (/** @type {{start: number, end: number}} */ { start, end }) =>
    /^(['"`])([^'"`$]+)\1$/.exec(text.slice(start, end))?.[2];
  const isValue = (/** @type {readonly {isType: boolean}[]} */ entries) =>
    entries.length === 0 || entries.some(({ isType }) => !isType);
  const imported = module.staticImports.flatMap(({ moduleRequest, entries }) =>
    isValue(entries) ? [moduleRequest.value] : [],
  );
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) => (moduleRequest && !isType ? [moduleRequest.value] : [])),
  );
  const later = module.dynamicImports.map(({ moduleRequest }) => {
    const name = literal(moduleRequest);
    if (name === undefined) throw new Error(`${path} imports a module whose name is computed`);
    return name;
  });
  const workers = [...text.matchAll(WORKER)].map(([, name = '']) => name);
  return [...imported, ...exported, ...later, ...workers].filter((name) => !/^(virtual|node):/.test(name));
}

/** @param {string} specifier */
function packageName(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('hex');
}
