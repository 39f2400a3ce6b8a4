import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Marked } from 'marked';

/** @import {Plugin} from 'vite' */

const QUERY = '?guide';

/**
 * `import html from '../docs/guide.md?guide'` gives a document as HTML: its pictures are assets of the app, what it says of other documents
 * is text, as these do not travel with the app, and its title is left to whoever shows it.
 * @returns {Plugin}
 */
export function guide() {
  return {
    name: 'frankenscope:guide',
    enforce: 'pre',
    resolveId(id, importer) {
      if (!id.endsWith(QUERY) || importer === undefined) return null;
      return resolve(dirname(importer), id.slice(0, -QUERY.length)) + QUERY;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const path = id.slice(0, -QUERY.length);
      this.addWatchFile(path);
      const { html, pictures } = rendered(
        await readFile(path, 'utf8'),
        path.endsWith('.zh.md') ? '表格' : 'Table',
      );
      const imports = pictures.map((picture, at) => {
        const file = JSON.stringify(`${resolve(dirname(path), picture)}?url`);
        return `import picture${at} from ${file};`;
      });
      const urls = `[${pictures.map((_, at) => `picture${at}`).join(', ')}]`;
      const parts = JSON.stringify(html.split(PICTURE));
      return [
        ...imports,
        `const urls = ${urls};`,
        `export default ${parts}.reduce((text, part, at) => text + urls[at - 1] + part);`,
      ].join('\n');
    },
  };
}

/** Where the address of a picture goes. */
const PICTURE = '\u0000picture\u0000';

/**
 * @param {string} text
 * @param {string} table what a table is called to those who hear it
 */
export function rendered(text, table) {
  /** @type {string[]} */
  const pictures = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        return depth === 1 ? '' : `<h3>${this.parser.parseInline(tokens)}</h3>\n`;
      },
      table({ header, rows }) {
        const row = (/** @type {string} */ tag, /** @type {typeof header} */ cells) =>
          `<tr>${cells
            .map(({ tokens, align }) => {
              const side = align ? ` align="${align}"` : '';
              return `<${tag}${side}>${this.parser.parseInline(tokens)}</${tag}>`;
            })
            .join('')}</tr>`;
        const body = rows.map((cells) => row('td', cells)).join('');
        // As wide as it is: whoever cannot scroll it otherwise has the keys.
        return `<div class="scroll" tabindex="0" role="group" aria-label="${table}"><table><thead>${row('th', header)}</thead><tbody>${body}</tbody></table></div>\n`;
      },
      // As wide as it is, too.
      code({ text: code }) {
        return `<pre tabindex="0"><code>${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        return href.includes('.md') ? inner : `<a href="${href}">${inner}</a>`;
      },
      image({ href, text: alt }) {
        pictures.push(href);
        return `<img src="${PICTURE}" alt="${alt.replaceAll('"', '&quot;')}" loading="lazy" />`;
      },
    },
  });
  return { html: /** @type {string} */ (marked.parse(text)), pictures };
}
