import type { Tensor } from 'onnxruntime-web';

/** Bytes of the tensors a backend has handed out and not yet taken back. */
export class Ledger {
  readonly #sizes = new Map<Tensor, number>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  enter(tensor: Tensor, bytes: number): Tensor {
    this.#sizes.set(tensor, bytes);
    this.#bytes += bytes;
    return tensor;
  }

  /** Returns whether the tensor was one of ours. */
  remove(tensor: Tensor): boolean {
    this.#bytes -= this.#sizes.get(tensor) ?? 0;
    return this.#sizes.delete(tensor);
  }
}
