import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './paths.mjs';

/**
 * @import {EvaluationDeclaration, EvaluationWords, ProbeDeclaration, UpdatesDeclaration, UpdatesWords, Words} from '../src/analyses/declaration.ts'
 * @typedef {{declaration: ProbeDeclaration, words: Words}} DeclaredProbe
 * @typedef {{declaration: UpdatesDeclaration, words: UpdatesWords}} DeclaredUpdates
 * @typedef {{declaration: EvaluationDeclaration, words: EvaluationWords}} DeclaredEvaluation
 * @typedef {DeclaredProbe | DeclaredUpdates | DeclaredEvaluation} Declared
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
