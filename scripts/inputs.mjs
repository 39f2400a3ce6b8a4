import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { NamedError } from './named-error.mjs';
import { DIST } from './paths.mjs';

/** @import {Command} from './commands.mjs' */
/** @import {FlagValue} from './flags.mjs' */

/**
 * One thing handed to the page. The page's file input for the slot holds `files` in this order (a page sees
 * base names only); a demo is fetched by the page from `demo/NAME/` and has no files.
 * @typedef {{name: string, demo: string | null, files: string[]}} Input
 */

/** What a checkpoint folder may hold that the app reads; all of it lies at the folder's top. */
const CHECKPOINT_FILE = /\.(json|safetensors|jinja|txt|model)$/;

/**
 * The folders and files a command's flags name, by flag name. Flags that name none are left out.
 * @param {Command} command
 * @param {Record<string, FlagValue>} values as `readFlags` gives them
 * @returns {Record<string, Input>}
 * @throws {NamedError} FolderNotFound, FileNotFound
 */
export function findInputs(command, values) {
  /** @type {Record<string, Input>} */
  const inputs = {};
  for (const [name, { kind }] of Object.entries(command.flags)) {
    const value = values[name];
    if (kind === 'checkpoint' && typeof value === 'string') inputs[name] = checkpoint(name, value);
    if (kind === 'files' && Array.isArray(value))
      inputs[name] = { name: value.join(', '), demo: null, files: value.map((path) => file(name, path)) };
  }
  return inputs;
}

/**
 * Whether the built app carries the demos asked for.
 * @param {Record<string, Input>} inputs
 * @throws {NamedError} DemoNotFound
 */
export function checkDemos(inputs) {
  for (const [name, { demo }] of Object.entries(inputs)) {
    if (demo === null || existsSync(join(DIST, 'demo', demo, 'config.json'))) continue;
    const folder = join(DIST, 'demo');
    const known = existsSync(folder) ? readdirSync(folder).map((entry) => `demo:${entry}`) : [];
    throw new NamedError(
      'DemoNotFound',
      `there is no demo "${demo}"`,
      `--${name}`,
      known.length > 0
        ? `known: ${known.join(' ')}`
        : 'this build carries no demos; give a checkpoint folder',
    );
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @returns {Input}
 */
function checkpoint(name, value) {
  if (/^demo:[\w-]+$/.test(value)) return { name: value, demo: value.slice('demo:'.length), files: [] };
  const folder = resolve(value);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new NamedError('FolderNotFound', `no folder "${value}"`, `--${name}`, 'give a checkpoint folder');
  const files = readdirSync(folder)
    .sort()
    .map((entry) => join(folder, entry))
    // statSync follows links: a Hugging Face cache holds links to its blobs.
    .filter((path) => CHECKPOINT_FILE.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile());
  if (files.length === 0)
    throw new NamedError(
      'FolderNotFound',
      `"${value}" holds no checkpoint files`,
      `--${name}`,
      'give the folder with config.json and the .safetensors files',
    );
  return { name: basename(folder), demo: null, files };
}

/**
 * @param {string} name
 * @param {string} value
 */
function file(name, value) {
  const path = resolve(value);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new NamedError('FileNotFound', `no file "${value}"`, `--${name}`, 'give a file that exists');
  return path;
}
