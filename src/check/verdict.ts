/** What the cases say together: whether the device computes right, and what to choose where it does not. */
import type { Device, WeightDtype } from '../engine/protocol/device.ts';
import { formatOf, type CaseName, type Found } from './case.ts';

/** What to do about a device that computes wrong. */
export type Advice =
  /** Other weights are right on it. */
  | {
      readonly choose: 'formats';
      readonly wrong: readonly WeightDtype[];
      readonly right: readonly WeightDtype[];
    }
  /** Models are wrong on the GPU in every format, or in f32: on the processor they run, too. */
  | { readonly choose: 'wasm' }
  /** Updates are wrong on the GPU: the processor computes them, too. */
  | { readonly choose: 'cpu-spectra' }
  /** The processor itself computes wrong: there is nothing else here. */
  | { readonly choose: 'another-browser' };

export interface Verdict {
  readonly right: boolean;
  /** In the order of the cases. */
  readonly wrong: readonly CaseName[];
  /** Empty where all is right. */
  readonly advice: readonly Advice[];
}

/** f32 is what all formats share: graphs, attention, norms. Where it is wrong no format is recommended. */
export function verdictOf(device: Device, found: readonly Found[]): Verdict {
  const wrong = found.filter(({ passed }) => !passed).map(({ name }) => name);
  const formats = [...new Set(found.flatMap(({ name }) => formatOf(name) ?? []))];
  const wrongFormats = formats.filter((format) => wrong.some((name) => formatOf(name) === format));
  const rightFormats = formats.filter((format) => !wrongFormats.includes(format));
  const models = wrongFormats.includes('f32') || (formats.length > 0 && rightFormats.length === 0);
  const updates = wrong.some((name) => formatOf(name) === null);
  return { right: wrong.length === 0, wrong, advice: [...adviceOn(device)] };

  function* adviceOn(on: Device): Generator<Advice> {
    if (on === 'wasm' && (models || updates)) yield { choose: 'another-browser' };
    else if (models) yield { choose: 'wasm' };
    if (!models && wrongFormats.length > 0)
      yield { choose: 'formats', wrong: wrongFormats, right: rightFormats };
    if (on === 'webgpu' && updates) yield { choose: 'cpu-spectra' };
  }
}
