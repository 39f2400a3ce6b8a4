/** The parts of hyparquet that lists are read with; loaded where a Parquet file is met: few are. */

export async function parquetTools() {
  const [whole, column, convert, assemble, schema, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet/src/column.js'),
    import('hyparquet/src/convert.js'),
    import('hyparquet/src/assemble.js'),
    import('hyparquet/src/schema.js'),
    import('hyparquet-compressors'),
  ]);
  const { parquetMetadataAsync, parquetSchema } = whole;
  const { readPage, parquetHeader } = column;
  const { getTreePath, getMaxRepetitionLevel } = schema;
  return {
    ...{ parquetMetadataAsync, parquetSchema, readPage, parquetHeader, getTreePath, getMaxRepetitionLevel },
    ...{ convert: convert.convert, DEFAULT_PARSERS: convert.DEFAULT_PARSERS },
    ...{ assembleNested: assemble.assembleNested, compressors },
  };
}

export type ParquetTools = Awaited<ReturnType<typeof parquetTools>>;
