import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../paths.mjs';

/** @import {Plugin} from 'vite' */

/** Beside the pages. */
export const LICENCES_FILE = 'licences.txt';

const PACKAGES = join(ROOT, 'node_modules');
/** Texts of packages that carry none themselves, from their repositories. */
const OWN_TEXTS = join(ROOT, 'licences');
const BY_US = { 'onnxruntime-web': 'onnxruntime.txt', 'onnxruntime-common': 'onnxruntime.txt' };
const TEXT = /^(?:licen[cs]e|notice|copying)(?:-mit)?(?:\.(?:md|txt))?$/i;

/** What lies in the published files of a package, so that no module of its own is seen. */
const INSIDE = {
  'onnxruntime-web': ['onnxruntime-common'],
  '@huggingface/transformers': ['@huggingface/jinja', '@huggingface/tokenizers'],
  'hyparquet-compressors': ['fzstd', 'hysnappy'],
};
/** What modules without a package are made of: helpers of the build, and loops compiled by AssemblyScript. */
const MADE_BY = [
  { made: /^\0vite\//, by: 'vite' },
  { made: /^\0(?:rolldown|@oxc-project)\//, by: 'rolldown' },
  { made: /\?assemblyscript$/, by: 'assemblyscript' },
];

/**
 * The package a module of the build is from, and none for one of our own.
 * @param {string} id
 * @returns {string | undefined}
 */
export function packageOf(id) {
  const path = id.replaceAll('\\', '/');
  const inside = path.lastIndexOf('/node_modules/');
  if (inside >= 0) {
    const [scope = '', name = ''] = path.slice(inside + '/node_modules/'.length).split('/');
    return scope.startsWith('@') ? `${scope}/${name}` : scope.split('?', 1)[0];
  }
  return MADE_BY.find(({ made }) => made.test(id))?.by;
}

/**
 * A package's name, version, licence and the texts that go with it.
 * @param {string} name
 * @param {string} [packages]
 * @throws {Error} where it carries no text, and we have none of it
 */
export function licenceOf(name, packages = PACKAGES) {
  const folder = join(packages, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = /** @type {Record<string, string>} */ (BY_US)[name];
  const files = readdirSync(folder)
    .filter((file) => TEXT.test(file))
    .map((file) => join(folder, file));
  if (own !== undefined && existsSync(join(OWN_TEXTS, own))) files.push(join(OWN_TEXTS, own));
  if (files.length === 0)
    throw new Error(
      `${name} ${version} (${license}) carries no licence text: put it into ${dirname(OWN_TEXTS)}/licences`,
    );
  const texts = files.map((file) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim());
  return { name, version: String(version), license: String(license), text: texts.join('\n\n') };
}

/**
 * `licences.txt`: ours, and under a line for each package the text of what it is under.
 * @param {Iterable<string>} names
 */
export function licencesFile(names) {
  const all = new Set(names);
  for (const name of all)
    for (const inner of /** @type {Record<string, string[]>} */ (INSIDE)[name] ?? []) all.add(inner);
  const sections = [...all].sort().map((name) => {
    const { version, license, text } = licenceOf(name);
    return `${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${text}\n`;
  });
  return `Frankenscope\n\n${readFileSync(join(ROOT, 'LICENSE'), 'utf8')}\n${sections.join('\n')}`;
}

/** Packages of pages and workers, and whose helpers are in every build: workers are built while the pages are, by plugins of their own. */
const seen = new Set(['rolldown', 'vite']);

/**
 * Emits the licence texts of every package that a module of the pages or workers is from.
 * @param {{emit: boolean}} options emit: in the pages' build, which ends last
 * @returns {Plugin}
 */
export function licences({ emit }) {
  return {
    name: 'frankenscope:licences',
    apply: 'build',
    generateBundle(_options, bundle) {
      // Fonts are no modules: style sheets name them.
      const assets = Object.values(bundle).flatMap((file) =>
        file.type === 'asset' ? file.originalFileNames.map((name) => `/${name}`) : [],
      );
      for (const id of [...this.getModuleIds(), ...assets]) {
        const name = packageOf(id);
        if (name !== undefined) seen.add(name);
      }
      if (emit) this.emitFile({ type: 'asset', fileName: LICENCES_FILE, source: licencesFile(seen) });
    },
  };
}
