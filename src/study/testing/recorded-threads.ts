import type { ByteSource } from '../../checkpoint/byte-source.ts';
import type { HashedPart } from '../../checkpoint/whole-hash/part.ts';
import type { StoredPiece } from '../../spectra/deltas/stored-piece.ts';
import { inlineThreads } from '../../spectra/threads/inline.ts';
import type { HeldMatrix, SpectraThreads } from '../../spectra/threads/spectra-threads.ts';

/** Reads each update and computes each spectrum and product of it once, and says the same whenever it is asked again. */
export function recordedThreads(): SpectraThreads {
  const threads = inlineThreads();
  const known = new Recorded();
  const sources = new Map<ByteSource, number>();
  const place = ({ source, start, end }: StoredPiece): string => {
    const number = sources.get(source) ?? sources.size;
    sources.set(source, number);
    return `${number} ${start} ${end}`;
  };
  return {
    ...threads,
    deltaMatrix: async (task, _, onRead) => {
      const key = `update ${place(task.to)} ${place(task.from)} ${task.rounding}`;
      const { matrix, parts } = await known.ask(key, async () => {
        const parts: [number, HashedPart][] = [];
        const matrix = await threads.deltaMatrix(task, undefined, (...part) => parts.push(part));
        return { matrix, parts };
      });
      for (const part of parts) onRead?.(...part);
      return matrix.slice();
    },
    singularValues: async (matrix, rows, columns) => {
      const key = `values ${rows} ${columns} ${textOf(matrix)}`;
      return (await known.ask(key, () => threads.singularValues(matrix, rows, columns))).slice();
    },
    hold: (matrix, rows, columns) => {
      const key = `matrix ${rows} ${columns} ${textOf(matrix)}`;
      return known.ask(key, async () => recordedProducts(await threads.hold(matrix, rows, columns)));
    },
  };
}

function recordedProducts(matrix: HeldMatrix): HeldMatrix {
  const known = new Recorded();
  const asked =
    (side: 'times' | 'transposeTimes') =>
    async (block: Float32Array, count: number): Promise<Float32Array> =>
      (await known.ask(`${side} ${count} ${textOf(block)}`, () => matrix[side](block, count))).slice();
  return { times: asked('times'), transposeTimes: asked('transposeTimes'), release: () => undefined };
}

/** What was computed, by what it was computed from; one key has one type of result. */
class Recorded {
  readonly #results = new Map<string, Promise<unknown>>();

  ask<Result>(key: string, compute: () => Promise<Result>): Promise<Result> {
    const result = this.#results.get(key) ?? compute();
    this.#results.set(key, result);
    return result as Promise<Result>;
  }
}

function textOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
