/**
 * Headers that no program should believe, after what readers of GGUF were attacked with: counts and lengths that overflow when they are
 * multiplied (CVE-2024-21802, -21825, -21836, -23496, -23605), sizes that add up beyond 64 bits (CVE-2025-53630), texts and lists beyond the
 * file, more dimensions than have room, an alignment of 0, types that are none, offsets that wrap.
 */
import type { ErrorName } from '../../../../error-name.ts';
import { ByteList, kindId } from './gguf-file.ts';

export interface HostileHeader {
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly error: ErrorName;
}

const MOST = 0xffff_ffff_ffff_ffffn;
const begin = (tensors: number | bigint, keys: number | bigint, version = 3): ByteList =>
  new ByteList().raw([0x47, 0x47, 0x55, 0x46]).u32(version).u64(tensors).u64(keys);
const key = (list: ByteList, name: string, kind: string): ByteList => list.text(name).u32(kindId(kind));
const list = (kind: number, count: number | bigint): ByteList =>
  key(begin(0, 1), 'k', 'ARRAY').u32(kind).u64(count);
const one = (
  name: string,
  dims: readonly (number | bigint)[],
  type = 0,
  offset: number | bigint = 0,
): ByteList => {
  const header = begin(1, 0).text(name).u32(dims.length);
  for (const dim of dims) header.u64(dim);
  return header.u32(type).u64(offset);
};
const alignment = (kind: string, value: number): ByteList =>
  key(begin(1, 1), 'general.alignment', kind).value(kind, value).text('t').u32(1).u64(8).u32(0).u64(0);
const padding = new Uint8Array(256);
const done = (what: string, error: ErrorName, header: ByteList): HostileHeader => ({
  ...{ what, error },
  bytes: header.raw(padding).bytes(),
});

export const HOSTILE_HEADERS: readonly HostileHeader[] = [
  done('another magic', 'InvalidHeader', new ByteList().u32(0x46554748).u32(3).u64(0).u64(0)),
  done(
    'a Git LFS pointer',
    'LfsPointer',
    new ByteList().raw(new TextEncoder().encode('version https://git-lfs')),
  ),
  done('version 1', 'UnsupportedWeights', begin(0, 0, 1)),
  done('version 3, big-endian', 'UnsupportedWeights', begin(0, 0, 0x03000000)),
  done('version 0', 'InvalidHeader', begin(0, 0, 0)),
  done('version 4', 'InvalidHeader', begin(0, 0, 4)),
  done('2^64 − 1 tensors', 'OverLimit', begin(MOST, 0)),
  done('tensors that overflow times their size', 'OverLimit', begin(0x0aaa_aaaa_aaaa_aaabn, 0)),
  done('2^64 − 1 keys', 'OverLimit', begin(0, MOST)),
  done('more tensors than the file has room for', 'InvalidHeader', begin(20_000, 0)),
  done('more keys than the file has room for', 'InvalidHeader', begin(0, 4000)),
  done('a key of 2^64 − 1 bytes', 'OverLimit', begin(0, 1).u64(MOST)),
  done('a key beyond the file', 'TruncatedFile', begin(0, 1).u64(1000)),
  done('a text of 2^64 − 1 bytes', 'OverLimit', key(begin(0, 1), 'k', 'STRING').u64(MOST)),
  done('a text of 2^64 − 9 bytes, which wraps', 'OverLimit', key(begin(0, 1), 'k', 'STRING').u64(MOST - 8n)),
  done('a text beyond the file', 'TruncatedFile', key(begin(0, 1), 'k', 'STRING').u64(1_000_000)),
  done('a text that is not UTF-8', 'NotUtf8', key(begin(0, 1), 'k', 'STRING').u64(2).raw([0xc3, 0x28])),
  done('a value of no type', 'InvalidMetadata', begin(0, 1).text('k').u32(13)),
  done('a value of type 2^32 − 1', 'InvalidMetadata', begin(0, 1).text('k').u32(0xffff_ffff)),
  done('a boolean that is neither', 'InvalidMetadata', key(begin(0, 1), 'k', 'BOOL').raw([2])),
  done('a list of no type', 'InvalidMetadata', list(99, 1)),
  done('a list of lists', 'InvalidMetadata', list(9, 1)),
  done('2^64 − 1 bytes in a list', 'InvalidMetadata', list(0, MOST)),
  done('2^61 numbers, whose bytes overflow', 'InvalidMetadata', list(10, 2n ** 61n)),
  done('2^60 texts, whose pointers overflow', 'InvalidMetadata', list(8, 2n ** 60n)),
  done('a key twice', 'DuplicateKey', key(key(begin(0, 2), 'k', 'UINT8').raw([1]), 'k', 'UINT8').raw([1])),
  done('an alignment of 0', 'InvalidMetadata', alignment('UINT32', 0)),
  done('an odd alignment', 'InvalidMetadata', alignment('UINT32', 33)),
  done('an alignment of 8 bytes', 'InvalidMetadata', alignment('UINT64', 32)),
  done(
    'an alignment as a text',
    'InvalidMetadata',
    key(begin(1, 1), 'general.alignment', 'STRING').text('32').text('t'),
  ),
  done('an alignment beyond the file', 'TruncatedFile', alignment('UINT32', 2 ** 31)),
  done('five dimensions', 'InvalidShape', one('t', [1, 1, 1, 1, 1])),
  done('2^32 − 1 dimensions', 'InvalidShape', begin(1, 0).text('t').u32(0xffff_ffff)),
  done('a dimension of 0', 'InvalidShape', one('t', [8, 0])),
  done('a dimension of 2^63', 'InvalidShape', one('t', [2n ** 63n])),
  done('dimensions whose product is 2^64', 'SizeMismatch', one('t', [2n ** 32n, 2n ** 32n])),
  done('dimensions whose product wraps to 8', 'SizeMismatch', one('t', [2n ** 33n + 8n, 2n ** 31n])),
  done('a tensor beyond the file', 'SizeMismatch', one('t', [4096])),
  done('half a block', 'InvalidShape', one('t', [16], 2)),
  done('a type that was removed', 'UnknownDtype', one('t', [32], 4)),
  done('a type of 2^32 − 1', 'UnknownDtype', one('t', [32], 0xffff_ffff)),
  done('an offset that is not aligned', 'InvalidOffsets', one('t', [8], 0, 4)),
  done('an offset of 2^64 − 32, which wraps', 'InvalidOffsets', one('t', [8], 0, MOST - 31n)),
  done('an offset beyond the file', 'HoleInFile', one('t', [8], 0, 4096)),
  done('a name of 2^64 − 1 bytes', 'OverLimit', begin(1, 0).u64(MOST)),
  done(
    'a tensor twice',
    'DuplicateTensor',
    begin(2, 0).text('t').u32(1).u64(8).u32(0).u64(0).text('t').u32(1).u64(8).u32(0).u64(32),
  ),
  done(
    'tensors that overlap',
    'OverlappingTensors',
    begin(2, 0).text('t').u32(1).u64(16).u32(0).u64(0).text('u').u32(1).u64(8).u32(0).u64(32),
  ),
];
