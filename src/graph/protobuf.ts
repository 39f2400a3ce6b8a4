/**
 * The little of the protocol-buffers wire format that an ONNX ModelProto needs: varints, length-delimited
 * fields and 32-bit floats. https://protobuf.dev/programming-guides/encoding/
 */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const UTF8 = new TextEncoder();

/** An append-only message. Chunks are kept by reference, so large payloads are copied once, in `encode()`. */
export class ProtoMessage {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Encoded size so far, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** A (signed or unsigned) integer, two's complement in ten bytes when negative. */
  integer(field: number, value: number | bigint): this {
    return this.#push(varint((field << 3) | VARINT)).#push(varint(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#push(varint((field << 3) | FIXED32)).#push(bytes);
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#push(varint((field << 3) | LENGTH_DELIMITED))
      .#push(varint(value.length))
      .#push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, UTF8.encode(value));
  }

  message(field: number, value: ProtoMessage): this {
    this.#push(varint((field << 3) | LENGTH_DELIMITED)).#push(varint(value.#length));
    for (const chunk of value.#chunks) this.#push(chunk);
    return this;
  }

  /** The encoded message in one buffer. */
  encode(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let offset = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, offset);
      offset += chunk.length;
    }
    return out;
  }

  #push(chunk: Uint8Array): this {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return this;
  }
}

/** Nearly all integers of a graph are numbers of few bits, which need no bigints. */
function varint(value: number | bigint): Uint8Array {
  return typeof value === 'number' && value >>> 0 === value ? smallVarint(value) : bigVarint(value);
}

/** @param value from 0 to 2³² − 1 */
function smallVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function bigVarint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
