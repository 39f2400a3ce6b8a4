import type { Capabilities } from '../../engine/protocol/capabilities.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { Device, WeightDtype } from '../../engine/protocol/device.ts';
import type { LoadOptions } from '../../engine/protocol/loading.ts';

/** Below this many parameters a float32 copy is small change (1 GB) and there is no reason to quantize. */
const SMALL_MODEL = 250e6;

/** How models are loaded: one choice for the whole family, since layers are handed between models. */
export class LoadChoice {
  /** What may be taken of the device, in GiB; null: all that it gives. */
  memoryGiB = $state<number | null>(null);
  #keep = $state(false);
  #device = $state<Device | null>(null);
  #dtype = $state<WeightDtype | null>(null);
  #suggested = $state<WeightDtype>('q4');
  #preferred = $state<Device>('wasm');

  get device(): Device {
    return this.#device ?? this.#preferred;
  }

  set device(device: Device) {
    this.#device = device;
  }

  get dtype(): WeightDtype {
    return this.#dtype ?? this.#suggested;
  }

  set dtype(dtype: WeightDtype) {
    this.#dtype = dtype;
  }

  get keep(): boolean {
    return this.#keep;
  }

  /** Keeping gigabytes asks the browser, on the user's choice, not to clear them away when the disk fills up. */
  set keep(keep: boolean) {
    this.#keep = keep;
    if (keep) void navigator.storage?.persist?.().catch(() => false);
  }

  get options(): LoadOptions {
    const memory = this.memoryGiB === null ? {} : { memory: this.memoryGiB * 2 ** 30 };
    return { device: this.device, dtype: this.dtype, keep: this.keep, ...memory };
  }

  prefer(capabilities: Capabilities): void {
    this.#preferred = capabilities.preferred;
  }

  suggestFor(checkpoint: OpenedCheckpoint): void {
    const { q4 = 0, q8 = 0 } = checkpoint.storedBlocks ?? {};
    const quantized = q8 > q4 ? 'q8' : 'q4';
    this.#suggested = checkpoint.parameters < SMALL_MODEL ? 'f32' : quantized;
  }
}
