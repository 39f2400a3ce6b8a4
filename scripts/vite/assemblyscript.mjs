import { dirname, relative, resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { ROOT } from '../paths.mjs';

/** @import {Plugin} from 'vite' */

const QUERY = '?assemblyscript';

/** Optimised for speed; raw memory only, so no allocator and no bounds checks of its own; 128-bit SIMD. */
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];

/**
 * `import bytes from './assembly/index.ts?assemblyscript'` compiles an AssemblyScript program and gives the bytes of
 * its WebAssembly module. They lie in the JavaScript itself: a few kB of loops, and the same import works in a page, a
 * worker and Node.
 * @returns {Plugin}
 */
export function assemblyscript() {
  return {
    name: 'frankenscope:assemblyscript',
    enforce: 'pre',
    resolveId(id, importer) {
      if (!id.endsWith(QUERY) || importer === undefined) return null;
      return resolve(dirname(importer), id.slice(0, -QUERY.length)) + QUERY;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const entry = id.slice(0, -QUERY.length);
      const { bytes, sources } = await compile(entry);
      for (const source of sources) this.addWatchFile(source);
      const base64 = Buffer.from(bytes).toString('base64');
      return `export default Uint8Array.from(atob('${base64}'), (letter) => letter.charCodeAt(0));`;
    },
  };
}

/**
 * @param {string} entry path of the program
 * @returns {Promise<{bytes: Uint8Array, sources: string[]}>} and the files it was compiled from
 */
async function compile(entry) {
  const { readFile } = await import('node:fs/promises');
  /** @type {string[]} */
  const sources = [];
  /** @type {Uint8Array | undefined} */
  let bytes;
  const { error, stderr } = await asc.main(
    [relative(ROOT, entry), '--baseDir', ROOT, '--outFile', 'module.wasm', ...OPTIONS],
    {
      readFile: async (name, baseDir) => {
        const path = resolve(baseDir, name);
        const text = await readFile(path, 'utf8').catch(() => null);
        if (text !== null) sources.push(path);
        return text;
      },
      writeFile: (_name, contents) => {
        if (typeof contents !== 'string') bytes = contents;
      },
    },
  );
  if (error || !bytes)
    throw new Error(`${relative(ROOT, entry)} does not compile: ${stderr.toString()}`, { cause: error });
  return { bytes, sources };
}
