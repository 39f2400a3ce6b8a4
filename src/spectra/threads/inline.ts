import { deltaMatrix, deltaPieces } from '../deltas/delta-matrix.ts';
import type { DeltaTask } from '../deltas/delta-matrix.ts';
import { EnergySummer } from '../deltas/energy-sums.ts';
import type { OnRead } from '../deltas/stored-piece.ts';
import { PIECE_ELEMENTS } from '../deltas/stored-piece.ts';
import { innerProduct, productSingularValues } from '../exact/factored.ts';
import { singularValues, singularValuesOfSlabs } from '../exact/singular-values.ts';
import { multiplier } from '../fast/matrix-product.ts';
import type { SpectraThreads } from './spectra-threads.ts';
import { abortable } from '../../work/cancel.ts';

/** Computes in the thread that asks: inside a worker, in Node, in tests. */
export function inlineThreads(): SpectraThreads {
  let summer: Promise<EnergySummer> | undefined;
  return {
    size: 1,
    energy: (task, signal, onRead) =>
      abortable(async () => {
        summer ??= EnergySummer.create();
        return (await summer).sum(task, onRead);
      }, signal),
    deltaMatrix: (task, signal, onRead) => abortable(() => deltaMatrix(task, onRead), signal),
    singularValues: (matrix, rows, columns, signal) =>
      abortable(() => singularValues(matrix, rows, columns, signal), signal),
    singularValuesOfDelta: (task, columns, signal, onRead) =>
      abortable(() => singularValuesOfSlabs(slabs(task, columns, onRead), columns, signal), signal),
    productSingularValues: (factors, signal) =>
      abortable(() => Promise.resolve(productSingularValues(factors)), signal),
    innerProduct: (one, other, signal) => abortable(() => Promise.resolve(innerProduct(one, other)), signal),
    hold: multiplier,
    dispose: () => undefined,
  };
}

/** Whole rows, as many as a piece takes. */
function slabs(task: DeltaTask, columns: number, onRead: OnRead | undefined): AsyncIterable<Float32Array> {
  return deltaPieces(task, Math.max(1, Math.floor(PIECE_ELEMENTS / columns)) * columns, onRead);
}
