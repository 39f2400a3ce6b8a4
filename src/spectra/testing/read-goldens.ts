import { readFileSync } from 'node:fs';
import type { SpectraGoldens } from './golden-matrices.ts';

/** `tools/goldens/data/spectra/spectra.json`, in Node. */
export function readSpectraGoldens(): SpectraGoldens {
  const file = new URL('../../../tools/goldens/data/spectra/spectra.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as SpectraGoldens;
}
