import { fileStamp } from './file-stamp.mjs';

/** @import {Page} from 'playwright-core' */
/** @import {FlagValue} from './flags.mjs' */
/** @import {Input} from './inputs.mjs' */
/** @import {HeadlessAnswer, HeadlessRequest} from './page-api.d.ts' */

/**
 * Hands a command to `headless.html`, its folders and files through file inputs.
 * @param {Page} page
 * @param {Omit<HeadlessRequest, 'flags' | 'inputs'> & {flags: Record<string, FlagValue>, inputs: Record<string, Input[]>}} request
 *   flags: all that were given, those that name folders too
 * @returns {Promise<HeadlessAnswer>}
 */
export async function askPage(page, { flags, inputs, ...request }) {
  const described = await handInputs(page, inputs);
  return page.evaluate((request) => globalThis.frankenscopeHeadless.run(request), {
    ...request,
    flags: Object.fromEntries(Object.entries(flags).filter(([flag]) => !Object.hasOwn(inputs, flag))),
    inputs: described,
  });
}

/**
 * Puts folders and files into file inputs of the page, unless they are there from an earlier request.
 * @param {Page} page
 * @param {Record<string, Input[]>} inputs
 * @returns {Promise<HeadlessRequest['inputs']>}
 */
export async function handInputs(page, inputs) {
  /** @type {HeadlessRequest['inputs']} */
  const described = {};
  for (const [flag, given] of Object.entries(inputs)) {
    described[flag] = [];
    for (const { name, paths, files } of given) {
      const stamp = fileStamp(files);
      const slot = await page.evaluate(
        ([stamp, count]) => globalThis.frankenscopeHeadless.slot(stamp, count),
        /** @type {const} */ ([stamp, files.length]),
      );
      if (slot !== null) await page.setInputFiles(slot, files);
      described[flag].push({ name, paths, stamp });
    }
  }
  return described;
}
