/** The far side of the convert pool: one thread that reads and converts what it is sent. */
import { expose, transfer } from 'comlink';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import { inlineConvert } from './convert-inline.ts';
import type { ReadAndConvert } from './load.ts';

export interface ConvertThread {
  readonly convert: ReadAndConvert;
}

/** Answers the pool from inside a worker; results are moved to it, not copied. */
export function serveConvertPool(): void {
  installErrorTransfer();
  const thread: ConvertThread = {
    convert: async (source, range, task) => {
      const converted = await inlineConvert(source, range, task);
      return transfer(
        converted,
        converted.arrays.map(({ buffer }) => buffer),
      );
    },
  };
  expose(thread);
}
