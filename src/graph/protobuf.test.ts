import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtoMessage } from './protobuf.ts';
import { ProtoReader } from './testing/proto-reader.ts';

const hex = (message: ProtoMessage): string => Buffer.from(message.encode()).toString('hex');

describe('the wire format', () => {
  it('is that of the examples in the protocol-buffers documentation', () => {
    // https://protobuf.dev/programming-guides/encoding/: Test1 {a = 150}, Test2 {b = "testing"}, Test3 {c = Test1}.
    const test1 = new ProtoMessage().integer(1, 150);
    expect(hex(test1)).toBe('089601');
    expect(hex(new ProtoMessage().string(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(new ProtoMessage().message(3, test1))).toBe('1a03089601');
  });

  it('writes negative integers as ten bytes of two’s complement', () => {
    expect(hex(new ProtoMessage().integer(1, -2))).toBe('08feffffffffffffffff01');
    expect(hex(new ProtoMessage().integer(1, 0))).toBe('0800');
  });

  it('writes a number as the bigint of the same value', () => {
    const bytes = (value: number | bigint): string => hex(new ProtoMessage().integer(1, value));
    for (const value of [127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER])
      expect(bytes(value)).toBe(bytes(BigInt(value)));
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => bytes(value) === bytes(BigInt(value))));
  });

  it('writes floats little-endian, and tags above 15 in two bytes', () => {
    expect(hex(new ProtoMessage().float(2, 1))).toBe('150000803f');
    expect(hex(new ProtoMessage().integer(20, 7))).toBe('a00107');
  });

  it('gives back any integer, text and bytes', () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const message = fc.tuple(int64, fc.string(), fc.uint8Array({ maxLength: 300 }));
    fc.assert(
      fc.property(message, ([integer, text, bytes]) => {
        const inner = new ProtoMessage().integer(1, integer).string(2, text).bytes(3, bytes);
        const outer = new ProtoMessage().message(5, inner).integer(6, 1);
        expect(outer.length).toBe(outer.encode().length);
        const read = new ProtoReader(outer.encode()).message(5);
        expect(BigInt.asIntN(64, read.fields.get(1)?.[0] as bigint)).toBe(integer);
        expect(read.strings(2)).toEqual([new TextDecoder().decode(new TextEncoder().encode(text))]);
        expect([...(read.bytes(3)[0] as Uint8Array)]).toEqual([...bytes]);
      }),
    );
  });

  it('refuses a number that is no integer', () => {
    expect(() => new ProtoMessage().integer(1, 0.5)).toThrow(RangeError);
  });
});
