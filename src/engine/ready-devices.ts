/** The devices in use, each made ready once. */
import { NamedError } from '../named-error.ts';
import type { OpenPrompts } from './folder.ts';
import type { Backend } from './backend/backend.ts';
import { PromptPreparer } from './prepare.ts';
import type { Device } from './protocol/device.ts';
import type { Runtime } from './runtime.ts';
import { createRuntime } from './runtime.ts';
import type { DecodeImage } from './seen-images.ts';
import { HeldWeights } from './held-weights.ts';
import type { KeptWeights } from './weights/kept.ts';
import type { RestorePart } from './weights/kept-parts.ts';
import type { ReadAndConvert } from './weights/load.ts';
import { plainReason } from '../plain-reason.ts';

/** What the engine needs from where it runs. */
export interface Surroundings {
  createBackend(device: Device): Promise<Backend>;
  readonly convert: ReadAndConvert;
  readonly decodeImage: DecodeImage;
  /** Where tokenizers and templates run; by default where the engine does. */
  readonly openPrompts?: OpenPrompts;
  /** Origin-private storage for converted weights; null where there is none. */
  readonly kept: KeptWeights | null;
  /** Reads tensors of a kept copy again; where it is left out, the checkpoint's files are read. */
  readonly restorePart?: RestorePart;
}

/** A device in use, the weights on it, and the prompts prepared on it. */
export interface ReadyDevice {
  readonly runtime: Runtime;
  readonly weights: HeldWeights;
  readonly prompts: PromptPreparer;
}

export class ReadyDevices {
  readonly #surroundings: Surroundings;
  readonly #devices = new Map<Device, Promise<ReadyDevice>>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** @throws NamedError `NoWebGpu`, `ModuleUnavailable`; a device that failed is tried again the next time. */
  get(device: Device): Promise<ReadyDevice> {
    const known = this.#devices.get(device);
    if (known) return known;
    const made = makeReady(this.#surroundings.createBackend(device)).then((backend) => {
      const runtime = createRuntime(backend);
      return {
        runtime,
        weights: new HeldWeights(backend, runtime.graphs),
        prompts: new PromptPreparer(runtime.vision, this.#surroundings.decodeImage),
      };
    });
    this.#devices.set(device, made);
    made.catch(() => this.#devices.delete(device));
    return made;
  }
}

/** Browsers reject in their own words when a module is not served or a device not given. */
async function makeReady(backend: Promise<Backend>): Promise<Backend> {
  try {
    return await backend;
  } catch (cause) {
    if (cause instanceof NamedError) throw cause;
    const what = `this device cannot be used: ${plainReason(cause)}`;
    const remedy = 'reload the page, or choose the other device';
    throw new NamedError('ModuleUnavailable', what, {}, remedy, { cause });
  }
}
