/** The far side of the convert pool: one thread that reads and converts what it is sent. */
import { expose, transfer } from 'comlink';
import { fromSent, type SentSource } from '../../checkpoint/formats/sent-source.ts';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import type { ConvertTask, ReadAndConverted } from './convert.ts';
import { inlineConvert } from './convert-inline.ts';
import type { ReadAndConvert } from './load.ts';

export interface ConvertThread {
  convert(
    source: SentSource,
    range: Parameters<ReadAndConvert>[1],
    task: ConvertTask,
  ): Promise<ReadAndConverted>;
}

/** Answers the pool from inside a worker; results are moved to it, not copied. */
export function serveConvertPool(): void {
  installErrorTransfer();
  const thread: ConvertThread = {
    convert: async (source, range, task) => {
      const converted = await inlineConvert(fromSent(source), range, task);
      return transfer(
        converted,
        converted.arrays.map(({ buffer }) => buffer),
      );
    },
  };
  expose(thread);
}
