/** Reading goldens in Node; what runs beside a browser needs no engine for it. */
import { readFile } from 'node:fs/promises';
import type { ReadGolden } from './goldens.ts';

const DATA = new URL('../../../tools/goldens/data/', import.meta.url);

export const readFromDisk: ReadGolden = async (path) => new Uint8Array(await readFile(new URL(path, DATA)));
