/** The parts of hyparquet that lists are read with; loaded where a Parquet file is met: few are. */
import { Gunzip } from 'fflate';
import type { Compressors } from 'hyparquet';
import { parquetMetadataAsync, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath } from 'hyparquet/src/schema.js';
import { readVarInt } from 'hyparquet/src/thrift.js';

/** Packed bytes that are unpacked at once: at most a thousand times as many. */
const PACKED_AT_ONCE = 2 ** 14;

export const parquetTools = {
  ...{ parquetMetadataAsync, parquetSchema, readPage, parquetHeader, getTreePath, getMaxRepetitionLevel },
  ...{ decompressPage, getMaxDefinitionLevel, readVarInt, deltaBinaryUnpack, convert, DEFAULT_PARSERS },
  assembleNested,
  compressors: { ...compressors, GZIP: gunzip } satisfies Compressors,
};

/** As many bytes as the page says, and no more: the library's own would go on to whatever there is. @throws Error */
function gunzip(packed: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  const unpacking = new Gunzip((piece) => {
    if (at + piece.length > length)
      throw new Error(`a page unpacks to more than the ${length} bytes that it says`);
    bytes.set(piece, at);
    at += piece.length;
  });
  for (let start = 0; start < packed.length; start += PACKED_AT_ONCE) {
    const end = start + PACKED_AT_ONCE;
    unpacking.push(packed.slice(start, end), end >= packed.length);
  }
  return bytes.subarray(0, at);
}

export type ParquetTools = typeof parquetTools;
