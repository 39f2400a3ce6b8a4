/** All that the energy of an update is computed from, summed over a run of elements in one pass. */
import { Kernels } from '../kernels/kernels.ts';
import { BLOCK_ELEMENTS, BlockDecoder, paddedCount, readPieces } from './decoder.ts';
import type { Rounding } from './delta-spec.ts';
import type { OnRead, StoredPiece } from './stored-piece.ts';
import { elementsOf } from './stored-piece.ts';

/** The same elements of several checkpoints, and which of them to subtract. */
export interface EnergyTask {
  readonly pieces: readonly StoredPiece[];
  /** Pieces whose own squares are wanted. */
  readonly weighed: readonly number[];
  readonly deltas: readonly { readonly to: number; readonly from: number }[];
  /** Pairs of deltas whose inner product is wanted. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly rounding: Rounding;
}

export interface EnergySums {
  readonly elements: number;
  /** Σ w², per piece weighed. */
  readonly weights: readonly number[];
  /** Σ δ², per delta. */
  readonly deltas: readonly number[];
  /** Elements with δ = 0, per delta. */
  readonly unchanged: readonly number[];
  /** Σ δ δ′, per pair. */
  readonly pairs: readonly number[];
}

/** Computes energy sums; keeps its buffers between tasks. */
export class EnergySummer {
  readonly #kernels: Kernels;
  readonly #decoder: BlockDecoder;
  readonly #differences: number[] = [];
  /** Counters of zeros, one beside each difference. */
  readonly #zeros: number[] = [];

  private constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#decoder = new BlockDecoder(kernels);
  }

  static async create(): Promise<EnergySummer> {
    return new EnergySummer(await Kernels.create());
  }

  /** Reads and sums; while one task is summed, others are read. `onRead` is told of each piece. @throws NamedError those of reading */
  async sum(task: EnergyTask, onRead?: OnRead): Promise<EnergySums> {
    const { bytes, reported } = await readPieces(task.pieces, onRead);
    const sums = this.#sum(bytes, task);
    await reported;
    return sums;
  }

  #sum(
    read: readonly Uint8Array<ArrayBuffer>[],
    { pieces, weighed, deltas, pairs, rounding }: EnergyTask,
  ): EnergySums {
    this.#decoder.load(read, pieces);
    const { run } = this.#kernels;
    while (this.#differences.length < deltas.length) {
      this.#differences.push(this.#kernels.reserve(BLOCK_ELEMENTS * 4));
      this.#zeros.push(this.#kernels.reserve(4));
    }
    for (const address of this.#zeros) this.#kernels.integers(address, 1)[0] = 0;
    let padding = 0;
    const elements = elementsOf(pieces[0] as StoredPiece);
    const sums = {
      weights: weighed.map(() => 0),
      deltas: deltas.map(() => 0),
      unchanged: deltas.map(() => 0),
      pairs: pairs.map(() => 0),
    };
    const add = (list: number[], index: number, value: number): void => {
      list[index] = (list[index] as number) + value;
    };
    for (let start = 0; start < elements; start += BLOCK_ELEMENTS) {
      const count = Math.min(BLOCK_ELEMENTS, elements - start);
      const padded = paddedCount(count);
      padding += padded - count;
      const decoded = pieces.map((_, lane) => this.#decoder.decode(lane, start, count, rounding));
      weighed.forEach((lane, index) =>
        add(sums.weights, index, run.sumOfSquares(decoded[lane] as number, padded)),
      );
      deltas.forEach(({ to, from }, index) => {
        const out = this.#differences[index] as number;
        run.subtract(
          decoded[to] as number,
          decoded[from] as number,
          out,
          padded,
          Number(rounding === 'reference'),
        );
        add(sums.deltas, index, run.sumOfSquaresAndZeros(out, padded, this.#zeros[index] as number));
      });
      pairs.forEach(([a, b], index) => {
        const [x, y] = [this.#differences[a] as number, this.#differences[b] as number];
        add(sums.pairs, index, run.dot(x, y, padded));
      });
    }
    sums.unchanged.forEach((_, index) => {
      const [zeros = 0] = this.#kernels.integers(this.#zeros[index] as number, 1);
      sums.unchanged[index] = zeros - padding;
    });
    return { elements, ...sums };
  }
}

/** Adds up the sums of a tensor's pieces, in their order, so that the result does not depend on which came first. */
export function totalOf(parts: readonly EnergySums[]): EnergySums {
  const [first, ...others] = parts as [EnergySums, ...EnergySums[]];
  const add = (a: readonly number[], b: readonly number[]): number[] =>
    a.map((value, i) => value + (b[i] as number));
  return others.reduce(
    (sum, part) => ({
      elements: sum.elements + part.elements,
      weights: add(sum.weights, part.weights),
      deltas: add(sum.deltas, part.deltas),
      unchanged: add(sum.unchanged, part.unchanged),
      pairs: add(sum.pairs, part.pairs),
    }),
    first,
  );
}
