import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';

/** @import {Plugin} from 'vite' */

/** Hosts such as Cloudflare Pages refuse larger files. */
const LARGEST_BYTES = 25 * 2 ** 20;

/**
 * `import url from 'package/file.wasm?gzip'` gives the address of the file, gzipped in a build and as it is
 * in development; `src/engine` tells them apart by gzip's first bytes. In a build that carries the gzipped
 * file, copies of the same file over 25 MiB are left out: onnxruntime-web names its WASM file, which makes
 * Vite emit it, but fetches nothing when it is given the bytes.
 * @returns {Plugin}
 */
export function gzipAsset() {
  /** @type {Set<string>} */
  const gzipped = new Set();
  let build = false;
  return {
    name: 'frankenscope:gzip-asset',
    enforce: 'pre',
    configResolved(config) {
      build = config.command === 'build';
    },
    async resolveId(id, importer, options) {
      if (!id.endsWith('?gzip')) return null;
      const file = await this.resolve(id.slice(0, -'?gzip'.length), importer, { ...options, skipSelf: true });
      return file && `${file.id}?gzip`;
    },
    load(id) {
      if (!id.endsWith('?gzip')) return null;
      const path = id.slice(0, -'?gzip'.length);
      if (!build) return `export { default } from ${JSON.stringify(`${path}?url`)};`;
      const name = basename(path);
      gzipped.add(name.replace(/\.\w+$/, ''));
      // The extension keeps servers from sending `Content-Encoding: gzip`, which would be undone on the way.
      const source = gzipSync(readFileSync(path), { level: 9 });
      const reference = this.emitFile({ type: 'asset', name: `${name}.packed`, source });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
    generateBundle(_options, bundle) {
      for (const [fileName, file] of Object.entries(bundle)) {
        const copy =
          [...gzipped].some((name) => basename(fileName).startsWith(name)) && !fileName.includes('.packed');
        if (file.type === 'asset' && copy && file.source.length > LARGEST_BYTES)
          Reflect.deleteProperty(bundle, fileName);
      }
    },
  };
}
