/** The far side of the convert pool: one thread that reads and converts what it is sent. */
import { expose, transfer } from 'comlink';
import { DecodedTensor } from '../../checkpoint/formats/decoded-tensor.ts';
import { joinedTensors } from '../../checkpoint/formats/joined-tensors.ts';
import { fromSent, type SentSource } from '../../checkpoint/formats/sent-source.ts';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import type { ConvertTask, ReadAndConverted } from './convert.ts';
import { inlineConvert } from './convert-inline.ts';
import type { ReadAndConvert } from './load.ts';

/** What `ReadAndConvert` is asked for. */
export interface SentPiece {
  readonly source: SentSource;
  readonly range: Parameters<ReadAndConvert>[1];
  readonly task: ConvertTask;
}

export interface ConvertThread {
  /** @param together whether they are encoded tensors, each of them whole: then what lies side by side is read together */
  convert(pieces: readonly SentPiece[], together: boolean): Promise<readonly ReadAndConverted[]>;
}

/** Answers the pool from inside a worker; results are moved to it, not copied. */
export function serveConvertPool(): void {
  installErrorTransfer();
  const thread: ConvertThread = {
    convert: async (pieces, together) => {
      const sources = pieces.map(({ source }) => fromSent(source));
      const read = together ? joinedTensors(sources.filter((source) => source instanceof DecodedTensor)) : [];
      const converted = await Promise.all(
        pieces.map(({ range, task }, index) =>
          inlineConvert(read[index] ?? (sources[index] as DecodedTensor), range, task),
        ),
      );
      // Codes of several tensors may lie in one buffer.
      const buffers = new Set(converted.flatMap(({ arrays }) => arrays.map(({ buffer }) => buffer)));
      return transfer(converted, [...buffers]);
    },
  };
  expose(thread);
}
