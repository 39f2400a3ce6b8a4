import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import subsetFont from 'subset-font';

/** @import {Plugin} from 'vite' */

const QUERY = '?first-glyphs';

/** What English is written in, with the signs of texts and charts; code points, first and last. Every other character has the whole font. */
const RANGES = [
  [0x20, 0x7e],
  ...[0xa0, 0xb0, 0xb1, 0xb7, 0xd7, 0x2009, 0x202f, 0x2026, 0x2212].map((code) => [code, code]),
  [0x2013, 0x2014],
  [0x2018, 0x2019],
  [0x201c, 0x201d],
];
/** Weights that the style sheets ask for. */
const WEIGHTS = { min: 400, max: 700 };

/**
 * `import url, { unicodeRange } from 'package/file.woff2?first-glyphs'` gives the address of a variable font cut to the characters that
 * English needs, and their `unicode-range`; in development the whole font's.
 * @returns {Plugin}
 */
export function firstGlyphs() {
  let build = false;
  return {
    name: 'frankenscope:first-glyphs',
    enforce: 'pre',
    configResolved(config) {
      build = config.command === 'build';
    },
    async resolveId(id, importer, options) {
      if (!id.endsWith(QUERY)) return null;
      const file = await this.resolve(id.slice(0, -QUERY.length), importer, { ...options, skipSelf: true });
      return file && `${file.id}${QUERY}`;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const path = id.slice(0, -QUERY.length);
      const range = `export const unicodeRange = '${unicodeRange()}';\n`;
      if (!build) return `${range}export { default } from ${JSON.stringify(`${path}?url`)};`;
      const source = await cut(readFileSync(path));
      const reference = this.emitFile({ type: 'asset', name: `first-${basename(path)}`, source });
      return `${range}export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}

/** @param {Buffer} font WOFF2 */
export function cut(font) {
  const text = RANGES.map(([first = 0, last = 0]) =>
    Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join(''),
  ).join('');
  return subsetFont(font, text, { targetFormat: 'woff2', variationAxes: { wght: WEIGHTS } });
}

function unicodeRange() {
  const hex = (code = 0) => code.toString(16).toUpperCase();
  return RANGES.map(([first, last]) => `U+${hex(first)}${first === last ? '' : `-${hex(last)}`}`).join(',');
}
