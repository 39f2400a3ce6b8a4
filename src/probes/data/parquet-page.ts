/**
 * A page of a column as it is handed to hyparquet: unpacked, and of no more values than it says. The library fills a list with
 * as many values as a run claims, whatever the page holds: a file of some hundred bytes would take all memory there is.
 */
import type { ColumnDecoder, DataReader, PageHeader } from 'hyparquet/src/types.js';
import { NamedError } from '../../named-error.ts';
import type { ParquetTools } from './parquet-tools.ts';

/** More than this of one page is not unpacked: pages are a megabyte, of long pictures some hundred. */
export const MOST_PAGE_BYTES = 2 ** 28;
/** Writers close a page behind a megabyte or, of equal values, a row group: a million rows where nobody asks for more. */
const MOST_PAGE_VALUES = 2 ** 21;
/** A last run of packed values may be filled up; parquet-mr writes 63 groups of eight at most. */
const FILLED_UP = 512;

export interface PlainPage {
  readonly reader: DataReader;
  readonly header: PageHeader;
  readonly decoder: ColumnDecoder;
}

/**
 * Holds what a page's header says against the limits, before anything of it is read.
 *
 * @throws NamedError `PageTooLarge`; Error where its numbers are none
 */
export function checkPageHeader(header: PageHeader, { pathInSchema }: ColumnDecoder, file: string): void {
  const { uncompressed_page_size: unpacked, compressed_page_size: packed } = header;
  const values = valuesOf(header);
  if (![unpacked, packed, values].every((count) => Number.isSafeInteger(count) && count >= 0))
    throw new Error('a page has no size, or no number of values');
  const bytes = Math.max(unpacked, packed);
  const tooLarge = (what: string, limit: number): NamedError =>
    new NamedError(
      'PageTooLarge',
      `a page has ${what}; no more than ${limit} are unpacked at once`,
      { file, field: pathInSchema.join('.') },
      'write it again with row groups of 100 rows (row_group_size=100)',
    );
  if (bytes > MOST_PAGE_BYTES) throw tooLarge(`${bytes} bytes`, MOST_PAGE_BYTES);
  if (values > MOST_PAGE_VALUES) throw tooLarge(`${values} values`, MOST_PAGE_VALUES);
}

/** Unpacks a page and holds the lengths of its runs against its number of values. @throws Error, RangeError */
export function plainPage(
  body: Uint8Array<ArrayBuffer>,
  header: PageHeader,
  decoder: ColumnDecoder,
  tools: ParquetTools,
): PlainPage {
  const page = unpacked(body, header, decoder, tools);
  const view = new DataView(page.bytes.buffer, page.bytes.byteOffset, page.bytes.byteLength);
  const data = header.data_page_header ?? header.data_page_header_v2;
  if (header.type !== 'DICTIONARY_PAGE' && data) {
    const offset = checkLevels(view, header, decoder, tools);
    checkValues({ view, offset }, data, decoder, tools);
  }
  return { reader: { view, offset: 0 }, header: page.header, decoder: { ...decoder, codec: 'UNCOMPRESSED' } };
}

function valuesOf({
  data_page_header: v1,
  data_page_header_v2: v2,
  dictionary_page_header: own,
}: PageHeader) {
  return (v1 ?? v2 ?? own)?.num_values ?? 0;
}

function unpacked(
  body: Uint8Array<ArrayBuffer>,
  header: PageHeader,
  { codec, compressors }: ColumnDecoder,
  { decompressPage }: ParquetTools,
): { readonly bytes: Uint8Array; readonly header: PageHeader } {
  const v2 = header.data_page_header_v2;
  // Levels of the second form of page are never packed.
  const levels = v2 ? v2.repetition_levels_byte_length + v2.definition_levels_byte_length : 0;
  const isPacked = v2 ? v2.is_compressed !== false : true;
  if (!(levels >= 0 && levels <= body.length)) throw new Error('a page is shorter than its levels');
  const size = header.uncompressed_page_size - levels;
  const values = isPacked
    ? decompressPage(body.subarray(levels), size, codec, compressors)
    : body.subarray(levels);
  if (levels === 0) return { bytes: values, header: { ...header, compressed_page_size: values.length } };
  const bytes = new Uint8Array(levels + values.length);
  bytes.set(body.subarray(0, levels));
  bytes.set(values, levels);
  return { bytes, header: { ...header, compressed_page_size: bytes.length } };
}

/** Repetition and definition levels; returns where the values begin. */
function checkLevels(
  view: DataView,
  { data_page_header_v2: v2, data_page_header: v1 }: PageHeader,
  { schemaPath }: ColumnDecoder,
  { getMaxRepetitionLevel, getMaxDefinitionLevel, readVarInt }: ParquetTools,
): number {
  const count = (v1 ?? v2)?.num_values ?? 0;
  const own = [v2?.repetition_levels_byte_length, v2?.definition_levels_byte_length];
  let offset = 0;
  for (const [index, most] of [
    getMaxRepetitionLevel(schemaPath),
    getMaxDefinitionLevel(schemaPath),
  ].entries()) {
    let length = own[index] ?? 0;
    if (!v2 && most > 0) {
      length = view.getUint32(offset, true);
      offset += 4;
    }
    if (most > 0) checkRuns({ view, offset }, 32 - Math.clz32(most), count, offset + length, readVarInt);
    offset += length;
  }
  return offset;
}

function checkValues(
  reader: DataReader,
  { encoding, num_values: count }: { readonly encoding: string; readonly num_values: number },
  { type }: ColumnDecoder,
  { readVarInt, deltaBinaryUnpack }: ParquetTools,
): void {
  const { view } = reader;
  if (encoding === 'DELTA_BYTE_ARRAY') {
    // Each value may repeat the one before it and be as long again.
    const [kept, added] = [new Int32Array(count), new Int32Array(count)];
    for (const lengths of [kept, added]) if (count > 0) deltaBinaryUnpack(reader, count, lengths);
    const bytes = kept.reduce((sum, length, at) => sum + length + (added[at] as number), 0);
    if (bytes > MOST_PAGE_BYTES) throw new Error(`a page of ${view.byteLength} bytes stands for ${bytes}`);
    return;
  }
  if (!/(^RLE|_DICTIONARY)$/.test(encoding) || reader.offset >= view.byteLength) return;
  const ofBooleans = type === 'BOOLEAN';
  const width = ofBooleans ? 1 : view.getUint8(reader.offset);
  checkRuns(
    { view, offset: reader.offset + (ofBooleans ? 4 : 1) },
    width,
    count,
    view.byteLength,
    readVarInt,
  );
}

/** Runs of the hybrid of run lengths and packed bits: none may go beyond the values that are left. */
function checkRuns(
  reader: DataReader,
  width: number,
  count: number,
  end: number,
  readVarInt: ParquetTools['readVarInt'],
): void {
  for (let seen = 0; seen < count && reader.offset < Math.min(end, reader.view.byteLength);) {
    const run = readVarInt(reader);
    const isPacked = (run & 1) === 1;
    const values = (run >>> 1) * (isPacked ? 8 : 1);
    if (values > count - seen + FILLED_UP)
      throw new Error(`a run of ${values} values where ${count - seen} are left`);
    reader.offset += isPacked ? (run >>> 1) * width : (width + 7) >> 3;
    seen += values;
  }
}
