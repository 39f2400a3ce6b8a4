/** Reads the protocol-buffers wire format back, fields by number; knows nothing of the writer. */
export type ProtoValue = bigint | Uint8Array;

export class ProtoReader {
  readonly fields = new Map<number, ProtoValue[]>();

  constructor(bytes: Uint8Array) {
    let at = 0;
    const varint = (): bigint => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = bytes[at++];
        if (byte === undefined) throw new RangeError('the message ends inside a varint');
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
      }
    };
    const take = (count: number): Uint8Array => {
      if (at + count > bytes.length) throw new RangeError('the message ends inside a field');
      return bytes.subarray(at, (at += count));
    };
    while (at < bytes.length) {
      const tag = Number(varint());
      const wire = tag & 7;
      const value = wire === 0 ? varint() : take(wire === 5 ? 4 : Number(varint()));
      if (![0, 2, 5].includes(wire)) throw new RangeError(`wire type ${wire}`);
      this.fields.set(tag >> 3, [...(this.fields.get(tag >> 3) ?? []), value]);
    }
  }

  /** Signed integers of a field. */
  integers(field: number): number[] {
    return (this.fields.get(field) ?? []).map((value) => Number(BigInt.asIntN(64, value as bigint)));
  }

  bytes(field: number): Uint8Array[] {
    return (this.fields.get(field) ?? []) as Uint8Array[];
  }

  floats(field: number): number[] {
    return this.bytes(field).map((value) => new DataView(value.buffer, value.byteOffset).getFloat32(0, true));
  }

  strings(field: number): string[] {
    return this.bytes(field).map((value) => new TextDecoder().decode(value));
  }

  messages(field: number): ProtoReader[] {
    return this.bytes(field).map((value) => new ProtoReader(value));
  }

  message(field: number): ProtoReader {
    const [first] = this.messages(field);
    if (!first) throw new RangeError(`no field ${field}`);
    return first;
  }
}
