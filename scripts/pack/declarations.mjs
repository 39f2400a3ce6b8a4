import { dirname, relative, resolve } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../paths.mjs';

/**
 * The types of a module and of those that they are made of, as declarations that need nothing else.
 *
 * @param {string} entry path of a module
 * @returns {Map<string, string>} text by path from the root
 * @throws {Error} where one names a package or a module that is not TypeScript
 */
export function declarations(entry) {
  const { config } = ts.readConfigFile(resolve(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, include: ['scripts/vite/*.d.ts'] },
    ts.sys,
    ROOT,
  );
  const program = ts.createProgram(
    [entry, ...ts.sys.readDirectory(resolve(ROOT, 'scripts/vite'), ['.d.ts'])],
    { ...options, noEmit: false, declaration: true, emitDeclarationOnly: true },
  );
  /** @type {Map<string, string>} */
  const texts = new Map();
  const waiting = [entry];
  for (const path of waiting) {
    const name = relative(ROOT, path).replaceAll('\\', '/').replace(/\.ts$/, '.d.ts');
    if (texts.has(name)) continue;
    let text = '';
    program.emit(program.getSourceFile(path), (_, written) => (text = written), undefined, true);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (!fileName.startsWith('.') || !fileName.endsWith('.ts'))
        throw new Error(`the types of ${name} need ${fileName}`);
      waiting.push(resolve(dirname(path), fileName));
      for (const quote of [`'`, `"`])
        text = text.replaceAll(quote + fileName + quote, quote + fileName.replace(/ts$/, 'js') + quote);
    }
    texts.set(name, text);
  }
  return texts;
}
