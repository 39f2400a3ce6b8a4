/** The parts of hyparquet that lists are read with; loaded where a Parquet file is met: few are. */

import type { Compressors } from 'hyparquet';
import { Gunzip } from 'fflate';

/** Packed bytes that are unpacked at once: at most a thousand times as many. */
const PACKED_AT_ONCE = 2 ** 14;

export async function parquetTools() {
  const [whole, column, page, delta, thrift, convert, assemble, schema, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet/src/column.js'),
    import('hyparquet/src/datapage.js'),
    import('hyparquet/src/delta.js'),
    import('hyparquet/src/thrift.js'),
    import('hyparquet/src/convert.js'),
    import('hyparquet/src/assemble.js'),
    import('hyparquet/src/schema.js'),
    import('hyparquet-compressors'),
  ]);
  const { parquetMetadataAsync, parquetSchema } = whole;
  const { readPage, parquetHeader } = column;
  const { getTreePath, getMaxRepetitionLevel, getMaxDefinitionLevel } = schema;
  return {
    ...{ parquetMetadataAsync, parquetSchema, readPage, parquetHeader, getTreePath, getMaxRepetitionLevel },
    ...{ decompressPage: page.decompressPage, getMaxDefinitionLevel, readVarInt: thrift.readVarInt },
    deltaBinaryUnpack: delta.deltaBinaryUnpack,
    ...{ convert: convert.convert, DEFAULT_PARSERS: convert.DEFAULT_PARSERS },
    assembleNested: assemble.assembleNested,
    compressors: { ...compressors, GZIP: gunzip } satisfies Compressors,
  };
}

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

export type ParquetTools = Awaited<ReturnType<typeof parquetTools>>;
