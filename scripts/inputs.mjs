import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { refuseBrokenLinks, snapshotOf } from './hub-cache.mjs';
import { NamedError } from './named-error.mjs';
import { partFolders } from './part-folders.mjs';
import { DIST } from './paths.mjs';

/** @import {Command} from './commands.mjs' */
/** @import {FlagValue} from './flags.mjs' */

/**
 * One folder or set of files handed to the page. The page's file input for it holds `files` in this order; a page
 * sees base names only, so `paths` says what each is called below the folder. A demo lies in the built app
 * and has no files before `findDemos`.
 * @typedef {{name: string, demo: string | null, kind: 'checkpoint' | 'data' | 'files' | 'parts', paths: string[], files: string[]}} Input
 */

/** What a checkpoint folder may hold that the app reads, or a merge carries on; all of it lies at the folder's top. */
const CHECKPOINT_FILE = /\.(json|safetensors|jinja|txt|model|py|tiktoken)$|^(LICENSE|NOTICE)/;

/** Weights in other formats: read, or handed over so that the page can say what the folder is. */
const OTHER_FORMAT = /\.(bin|pt|pth|ckpt|gguf|ggml|h5|msgpack|onnx|onnx[._]data(_\d+)?|distcp)$/;
/** Those of them that a notice speaks of where they lie beside safetensors. */
const OTHER_WEIGHTS =
  /^(pytorch_model|adapter_model|consolidated|optimizer|scheduler|rng_state|training_args).*\.(bin|pt|pth)$/;
/** A list of questions, as `src/probes/data/row-file.ts` reads them. */
const LIST = /\.(jsonl|ndjson|json|parquet|tsv|csv)$/i;
const PICTURE = /\.(png|jpe?g|webp|gif|bmp|avif|tiff?)$/i;

/** Folders that an error names. */
const MOST_TOLD = 5;
/** A folder with more files is hardly a data set; handing it over would take the page minutes. */
const MOST_FILES = 100_000;

/**
 * The folders and files a command's flags name, by flag name. Flags that name none are left out.
 * @param {Command} command
 * @param {Record<string, FlagValue>} values as `readFlags` gives them
 * @returns {Record<string, Input[]>}
 * @throws {NamedError} FolderNotFound, FileNotFound, TooManyFiles, and those of `snapshotOf`, `refuseBrokenLinks` and `partFolders`
 */
export function findInputs(command, values) {
  /** @type {Record<string, Input[]>} */
  const inputs = {};
  for (const [name, { kind }] of Object.entries(command.flags)) {
    const value = values[name];
    if (typeof value !== 'string' && !Array.isArray(value)) continue;
    const given = [value].flat();
    if (kind === 'checkpoint') inputs[name] = given.map((path) => demo(path, kind) ?? checkpoint(name, path));
    if (kind === 'data') inputs[name] = given.map((path) => demo(path, kind) ?? data(name, path));
    if (kind === 'parts') inputs[name] = partFolders(name, given);
    if (kind === 'files') {
      const files = given.map((path) => file(name, path));
      const paths = files.map((path) => basename(path));
      inputs[name] = [{ name: given.join(', '), demo: null, kind, paths, files }];
    }
  }
  return inputs;
}

/**
 * The same with the files of the demos asked for, which lie in the built app.
 * @param {Record<string, Input[]>} inputs
 * @param {string} [folder] where demos lie
 * @returns {Record<string, Input[]>}
 * @throws {NamedError} DemoNotFound
 */
export function findDemos(inputs, folder = join(DIST, 'demo')) {
  // Beside them lie their index and pictures, which are no checkpoints.
  const known = (existsSync(folder) ? readdirSync(folder).sort() : [])
    .filter((entry) => existsSync(join(folder, entry, 'config.json')))
    .map((entry) => `demo:${entry}`);
  const find = (/** @type {string} */ name, /** @type {Input} */ input) => {
    if (input.demo === null) return input;
    const path = join(folder, input.demo);
    if (existsSync(path))
      return { ...(input.kind === 'checkpoint' ? checkpoint : data)(name, path), name: input.name };
    throw new NamedError(
      'DemoNotFound',
      `there is no demo "${input.demo}"`,
      `--${name}`,
      known.length > 0 ? `known: ${known.join(' ')}` : 'this build carries no demos; give a folder',
    );
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => [name, given.map((input) => find(name, input))]),
  );
}

/**
 * @param {string} value
 * @param {'checkpoint' | 'data'} kind
 * @returns {Input | undefined}
 */
function demo(value, kind) {
  if (!/^demo:[\w-]+$/.test(value)) return undefined;
  return { name: value, demo: value.slice('demo:'.length), kind, paths: [], files: [] };
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {Input}
 */
function checkpoint(name, value) {
  const given = resolve(value);
  if (!existsSync(given) || !statSync(given).isDirectory())
    throw notFound(name, `there is no folder "${value}"`, 'give a checkpoint folder');
  const cached = snapshotOf(given, `--${name}`);
  const folder = cached?.folder ?? given;
  refuseBrokenLinks(folder, `--${name}`, cached?.name);
  const entries = readdirSync(folder).sort();
  const other = entries.some((entry) => entry.endsWith('.safetensors')) ? OTHER_WEIGHTS : OTHER_FORMAT;
  const paths = entries
    // statSync follows links: a Hugging Face cache holds links to its blobs.
    .filter((entry) => (CHECKPOINT_FILE.test(entry) || other.test(entry)) && isFile(join(folder, entry)));
  // Shards of training lie a folder deeper: global_step100/, actor/.
  if (other === OTHER_FORMAT) paths.push(...otherFormatsBelow(folder, entries));
  if (paths.length === 0) {
    const within = checkpointsBelow(folder, entries).map((entry) => `"${join(value, entry)}"`);
    throw notFound(
      name,
      `"${value}" holds no checkpoint files`,
      within.length > 0
        ? `give one of the folders in it that do: ${within.slice(0, MOST_TOLD).join(', ')}${within.length > MOST_TOLD ? ' …' : ''}`
        : 'give the folder with config.json and the .safetensors files',
    );
  }
  const files = paths.map((path) => join(folder, path));
  return { name: cached?.name ?? basename(folder), demo: null, kind: 'checkpoint', paths, files };
}

/**
 * The folders in a folder that are checkpoints, or adapters: peft saves each that has a name in one of its own, trainers each step.
 * @param {string} folder
 * @param {readonly string[]} entries of the folder, sorted
 */
function checkpointsBelow(folder, entries) {
  return entries.filter((entry) =>
    ['config.json', 'adapter_config.json'].some((file) => isFile(join(folder, entry, file))),
  );
}

/**
 * @param {string} folder
 * @param {readonly string[]} entries of the folder, sorted
 */
function otherFormatsBelow(folder, entries) {
  return entries.flatMap((entry) => {
    const below = join(folder, entry);
    if (entry.startsWith('.') || !statSync(below, { throwIfNoEntry: false })?.isDirectory()) return [];
    return readdirSync(below)
      .sort()
      .filter((file) => OTHER_FORMAT.test(file) && isFile(join(below, file)))
      .map((file) => `${entry}/${file}`);
  });
}

/**
 * A file, with the pictures beside it that it may name, or all files below a folder but hidden ones.
 * @param {string} name
 * @param {string} value
 * @returns {Input}
 */
function data(name, value) {
  const top = resolve(value);
  const found = { name: basename(top), demo: null, kind: /** @type {const} */ ('data') };
  if (isFile(top)) {
    const paths = [basename(top), ...beside(top, name)];
    return { ...found, paths, files: paths.map((path) => join(dirname(top), path)) };
  }
  if (!existsSync(top)) throw notFound(name, `there is no folder or file "${value}"`, 'give one that exists');
  const paths = below(top, name);
  if (paths.length === 0) throw notFound(name, `"${value}" holds no files`, 'give the folder with the data');
  return { ...found, paths, files: paths.map((path) => join(top, path)) };
}

/**
 * The pictures that a list of questions may name: those of a folder `images` beside it, and, unless it is text that names
 * none, all below its own folder.
 * @param {string} file
 * @param {string} name
 */
function beside(file, name) {
  if (!LIST.test(file)) return [];
  const folder = dirname(file);
  const images = join(folder, 'images');
  const there = statSync(images, { throwIfNoEntry: false })?.isDirectory();
  const own = there ? below(images, name).map((path) => `images/${path}`) : [];
  if (!/\.parquet$/i.test(file) && !namesPictures(file)) return own;
  const others = picturesBelow(folder).filter((path) => !path.startsWith('images/'));
  return [...own, ...others].sort();
}

/**
 * Whether a list of text names any picture.
 * @param {string} file
 */
function namesPictures(file) {
  const opened = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(2 ** 22);
    let before = '';
    for (let read = readSync(opened, piece); read > 0; read = readSync(opened, piece)) {
      const text = before + piece.toString('latin1', 0, read);
      if (/\.(png|jpe?g|webp|gif|bmp|avif|tiff?)\b/i.test(text)) return true;
      before = text.slice(-8);
    }
    return false;
  } finally {
    closeSync(opened);
  }
}

/**
 * Pictures below a folder, hidden folders left out; none where the folder is too large to be a data set's.
 * @param {string} folder
 */
function picturesBelow(folder) {
  try {
    return below(folder, '').filter((path) => PICTURE.test(path));
  } catch (error) {
    // What a list names and does not get is said when it is read.
    if (error instanceof NamedError && error.name === 'TooManyFiles') return [];
    throw error;
  }
}

/**
 * Paths of all files below a folder, with slashes, sorted; links are followed once.
 * @param {string} top
 * @param {string} name
 */
function below(top, name) {
  /** @type {string[]} */
  const paths = [];
  const seen = new Set([realpathSync(top)]);
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(join(top, folder))) {
      const path = folder === '' ? entry : `${folder}/${entry}`;
      const found = entry.startsWith('.') ? undefined : statSync(join(top, path), { throwIfNoEntry: false });
      if (found?.isFile()) paths.push(path);
      if (!found?.isDirectory()) continue;
      const real = realpathSync(join(top, path));
      if (!seen.has(real)) folders.push(path);
      seen.add(real);
    }
    if (paths.length > MOST_FILES)
      throw new NamedError(
        'TooManyFiles',
        `there are more than ${MOST_FILES} files below "${top}"`,
        `--${name}`,
        'give the folder of the data alone',
      );
  }
  return paths.sort();
}

/**
 * @param {string} flag
 * @param {string} what
 * @param {string} remedy
 */
const notFound = (flag, what, remedy) => new NamedError('FolderNotFound', what, `--${flag}`, remedy);

/** @param {string} path */
function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * @param {string} name
 * @param {string} value
 */
function file(name, value) {
  const path = resolve(value);
  if (!isFile(path))
    throw new NamedError(
      'FileNotFound',
      `there is no file "${value}"`,
      `--${name}`,
      'give a file that exists',
    );
  return path;
}
