import { NamedError } from '../named-error.ts';
import type { RegionCuts } from '../spectra/regions.ts';

/** Last layers of Early and Mid, as `9,18`, of a model with `layers`; undefined, thirds, where that is null. @throws NamedError `BadValue` */
export function regionCutsOf(text: string | null, layers: number, field: string): RegionCuts | undefined {
  if (text === null) return undefined;
  const [a = 0, b = 0] = text.split(',').map(Number);
  if (a >= 1 && a < b && b < layers) return [a, b];
  throw new NamedError(
    'BadValue',
    `cuts after layers ${a} and ${b} do not make three regions of ${layers} layers`,
    { field },
    `give two numbers, 1 ≤ a < b ≤ ${layers - 1}`,
  );
}
