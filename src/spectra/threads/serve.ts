/** The far side of the pool: one worker that computes what it is sent. Results are moved back, not copied. */
import { expose, transfer } from 'comlink';
import type { Factors } from '../../checkpoint/formats/peft/factors.ts';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import type { DeltaTask } from '../deltas/delta-matrix.ts';
import type { EnergySums, EnergyTask } from '../deltas/energy-sums.ts';
import { receivedPieces, type OnRead, type SentPiece, type StoredPiece } from '../deltas/stored-piece.ts';
import { inlineThreads } from './inline.ts';
import type { HeldMatrix } from './spectra-threads.ts';

/** Tasks as a message holds them. */
export type SentEnergy = Omit<EnergyTask, 'pieces'> & { readonly pieces: readonly SentPiece[] };
export type SentDelta = Omit<DeltaTask, 'to' | 'from'> & { readonly to: SentPiece; readonly from: SentPiece };

function received(task: SentDelta): DeltaTask {
  const [to, from] = receivedPieces([task.to, task.from]) as readonly [StoredPiece, StoredPiece];
  return { ...task, to, from };
}

/** What was computed, and what was read for it: arguments of `OnRead`. */
export interface WithReads<T> {
  readonly value: T;
  readonly reads: readonly Parameters<OnRead>[];
}

async function withReads<T>(digested: boolean, work: (onRead?: OnRead) => Promise<T>): Promise<WithReads<T>> {
  const reads: Parameters<OnRead>[] = [];
  const value = await (digested ? work((...read) => reads.push(read)) : work());
  return { value, reads };
}

/** What a worker answers. Held matrices stay with it, under numbers. */
export class SpectraService {
  readonly #threads = inlineThreads();
  readonly #held = new Map<number, HeldMatrix>();
  #next = 0;

  energy(task: SentEnergy, digested: boolean): Promise<WithReads<EnergySums>> {
    return withReads(digested, (onRead) =>
      this.#threads.energy({ ...task, pieces: receivedPieces(task.pieces) }, undefined, onRead),
    );
  }

  async deltaMatrix(task: SentDelta, digested: boolean): Promise<WithReads<Float32Array<ArrayBuffer>>> {
    const found = await withReads(digested, (onRead) =>
      this.#threads.deltaMatrix(received(task), undefined, onRead),
    );
    return transfer(found, [found.value.buffer]);
  }

  singularValues(
    matrix: Float32Array<ArrayBuffer>,
    rows: number,
    columns: number,
  ): Promise<Float64Array<ArrayBuffer>> {
    return this.#threads.singularValues(matrix, rows, columns);
  }

  singularValuesOfDelta(
    task: SentDelta,
    columns: number,
    digested: boolean,
  ): Promise<WithReads<Float64Array<ArrayBuffer>>> {
    return withReads(digested, (onRead) =>
      this.#threads.singularValuesOfDelta(received(task), columns, undefined, onRead),
    );
  }

  productSingularValues(factors: Factors): Promise<Float64Array<ArrayBuffer>> {
    return this.#threads.productSingularValues(factors);
  }

  innerProduct(one: Factors, other: Factors): Promise<number> {
    return this.#threads.innerProduct(one, other);
  }

  async hold(matrix: Float32Array<ArrayBuffer>, rows: number, columns: number): Promise<number> {
    const key = this.#next++;
    this.#held.set(key, await this.#threads.hold(matrix, rows, columns));
    return key;
  }

  times(key: number, block: Float32Array, count: number): Promise<Float32Array> {
    return this.#of(key).times(block, count);
  }

  transposeTimes(key: number, block: Float32Array, count: number): Promise<Float32Array> {
    return this.#of(key).transposeTimes(block, count);
  }

  release(key: number): void {
    this.#held.delete(key);
  }

  #of(key: number): HeldMatrix {
    const held = this.#held.get(key);
    if (held) return held;
    throw new RangeError(`matrix ${key} was released`);
  }
}

export function serveSpectra(): void {
  installErrorTransfer();
  expose(new SpectraService());
}
