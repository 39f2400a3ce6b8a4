import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { COMMITTED_FOLDERS, committedFiles } from '../generator/committed/files.ts';
import { CANVAS } from '../generator/drawing/drawing.ts';
import { encodePng } from '../generator/drawing/png.ts';
import { rasterise } from '../generator/drawing/rasterise.ts';

const deflated = promisify(deflate);

/** Writes the committed sets anew; what else lies in the folder stays. */
export async function writeCommitted(folder: string): Promise<void> {
  for (const set of COMMITTED_FOLDERS) rmSync(join(folder, set), { recursive: true, force: true });
  for (const file of committedFiles()) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true });
    const bytes =
      'text' in file
        ? file.text
        : await encodePng(rasterise(file.drawing, CANVAS), CANVAS, (raw) => deflated(raw));
    writeFileSync(path, bytes);
  }
}
