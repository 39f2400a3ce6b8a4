/** @import {Plugin} from 'vite' */

/** Stands for `new URL(…, import.meta.url)` while our own Vite must not resolve it. */
const ADDRESS = '__address__';
const WORKER = /new URL\('(?:\.{1,2}\/)+(?:workers\/)?([a-z]+)(?:-worker)?\.ts', import\.meta\.url\)/g;
const ASSET = /\?(?:url|gzip)$/;
const RESOLVED = '\0address:';

/**
 * Leaves addresses of workers and of files in other packages to the bundler that takes the package, in the one form that all of
 * them know, `new URL('…', import.meta.url)`: a worker NAME is `./NAME-worker.js` beside the module, `package/file?url` (or
 * `?gzip`) is `package/file`.
 * @returns {Plugin}
 */
export function plainAddresses() {
  return {
    name: 'frankenscope:plain-addresses',
    enforce: 'pre',
    resolveId: (id) => (ASSET.test(id) ? `${RESOLVED}${id.replace(ASSET, '')}` : null),
    load(id) {
      if (!id.startsWith(RESOLVED)) return null;
      return `export default ${ADDRESS}(${JSON.stringify(id.slice(RESOLVED.length))}).href;`;
    },
    transform: (code) =>
      code.includes('new Worker(')
        ? { code: code.replace(WORKER, `${ADDRESS}("./$1-worker.js")`), map: null }
        : null,
    renderChunk: (code) => ({
      code: code.replace(/__address__\(("[^"]+")\)/g, 'new URL($1, import.meta.url)'),
      map: null,
    }),
  };
}
