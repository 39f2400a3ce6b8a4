import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.mjs';

/**
 * @import {EvaluationDeclaration, ProbeDeclaration, Words} from '../src/analyses/declaration.ts'
 * @typedef {{declaration: ProbeDeclaration | EvaluationDeclaration, words: Words}} Declared
 */

const FOLDER = join(ROOT, 'src', 'analyses');

/**
 * What every analysis declares of itself: each folder of `src/analyses/` that has a declaration is one.
 * @type {readonly Declared[]}
 */
export const DECLARATIONS = await Promise.all(
  readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/\\]+[/\\]declaration\.mjs$/.test(path))
    .sort()
    .map(async (path) => {
      /** @param {string} file */
      const load = (file) => import(pathToFileURL(join(FOLDER, path, '..', file)).href);
      const [{ declaration }, { words }] = await Promise.all([load('declaration.mjs'), load('words.mjs')]);
      return { declaration, words };
    }),
);
