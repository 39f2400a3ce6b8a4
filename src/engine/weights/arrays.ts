/** The weight arrays of one resident checkpoint on its device. */
import type { WeightSlot } from '../../graph/weights.ts';
import { slotBytes } from '../../graph/weights.ts';
import type { Backend, Tensor } from '../backend/backend.ts';
import { asModuleError } from '../backend/module-error.ts';

/** What of a backend holds weights. */
export type ArrayDevice = Pick<Backend, 'constantWeights' | 'zeros' | 'write' | 'dispose'>;

/**
 * On the GPU a tensor per array, bound at each run. Where weights are constants of the graphs, plain bytes
 * that graphs are built from.
 */
export class WeightArrays {
  readonly #backend: ArrayDevice;
  readonly #tensors = new Map<string, Tensor>();
  readonly #constants = new Map<string, Uint8Array>();
  #bytes = 0;
  #disposed = false;

  constructor(backend: ArrayDevice) {
    this.#backend = backend;
  }

  /** Bytes of all arrays. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Makes room for an array, once: what a damaged copy left half written is written again in place. Nothing once
   * disposed.
   *
   * @throws NamedError `OutOfMemory`, `BindingTooLarge`.
   */
  async allocate(slot: WeightSlot): Promise<void> {
    if (this.#disposed || this.#tensors.has(slot.name) || this.#constants.has(slot.name)) return;
    const bytes = slotBytes(slot);
    if (this.#backend.constantWeights) this.#constants.set(slot.name, room(bytes));
    else {
      const tensor = await this.#backend.zeros(slot.type, slot.dims);
      // A load that failed elsewhere does not wait for its other pieces.
      if (this.#disposed) {
        this.#backend.dispose(tensor);
        return;
      }
      this.#tensors.set(slot.name, tensor);
    }
    this.#bytes += bytes;
  }

  write(name: string, byteOffset: number, bytes: Uint8Array): void {
    const constant = this.#constants.get(name);
    if (constant) constant.set(bytes, byteOffset);
    else this.#backend.write(this.tensor(name), byteOffset, bytes);
  }

  /** Whether they are plain bytes, which need not be copied where they come whole. */
  get areConstants(): boolean {
    return this.#backend.constantWeights;
  }

  /** Keeps all bytes of an array as they came; where arrays are constants, and this one is not there yet. */
  take(name: string, bytes: Uint8Array): void {
    if (this.#disposed) return;
    this.#bytes += bytes.length - (this.#constants.get(name)?.length ?? 0);
    this.#constants.set(name, bytes);
  }

  tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new RangeError(`the weight ${name} is not on the device`);
    return tensor;
  }

  constant(name: string): Uint8Array {
    const bytes = this.#constants.get(name);
    if (!bytes) throw new RangeError(`the weight ${name} is not in memory`);
    return bytes;
  }

  dispose(): void {
    this.#disposed = true;
    for (const tensor of this.#tensors.values()) this.#backend.dispose(tensor);
    this.#tensors.clear();
    this.#constants.clear();
    this.#bytes = 0;
  }
}

function room(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    throw asModuleError(error);
  }
}
