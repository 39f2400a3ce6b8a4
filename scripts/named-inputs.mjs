import { basename, dirname, isAbsolute, join } from 'node:path';
import { handInputs } from './ask-page.mjs';
import { findDemos, findInputs } from './inputs.mjs';
import { NamedError } from './named-error.mjs';
import { PageError } from './run-command.mjs';

/** @import {Page} from 'playwright-core' */
/** @import {Input} from './inputs.mjs' */
/** @import {NamedPlace} from './page-api.d.ts' */

/**
 * Folders and lists that a file names, which the page reads: their paths are below the file's own folder.
 * @param {Page} page
 * @param {string} flag of the file
 * @param {Record<string, Input[]>} inputs
 * @returns {Promise<Record<string, Input[]>>} `inputs` with what is named
 * @throws {NamedError} those of `findInputs`, with the field; {PageError} where the file is none
 */
export async function withNamed(page, flag, inputs) {
  const [given] = inputs[flag] ?? [];
  const [file = ''] = given?.files ?? [];
  const handed = await handInputs(page, { [flag]: inputs[flag] ?? [] });
  const answer = await page.evaluate((handed) => globalThis.frankenscopeHeadless.places(handed), handed);
  if (!answer.ok) throw new PageError(answer.error);
  /** @type {Record<string, Input[]>} */
  const named = {};
  for (const place of /** @type {NamedPlace[]} */ (answer.result))
    named[place.flag] = [...(named[place.flag] ?? []), found(place, file)];
  return { ...inputs, ...named };
}

/**
 * @param {NamedPlace} place
 * @param {string} file
 * @returns {Input}
 */
function found({ kind, path, field }, file) {
  const isName = isAbsolute(path) || /^demo:/.test(path);
  const value = isName ? path : join(dirname(file), path);
  try {
    const given = findInputs(
      { help: '', writes: 'json', flags: { [field]: { kind, help: '' } } },
      { [field]: value },
    );
    return /** @type {Input} */ (findDemos(given)[field]?.[0]);
  } catch (error) {
    if (!(error instanceof NamedError)) throw error;
    const what = error.message.replace(`--${field}`, `${basename(file)} › ${field}`);
    throw new NamedError(error.name, what, '', '');
  }
}
