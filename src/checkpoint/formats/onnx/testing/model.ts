/** ONNX models written field by field, right or wrong. */

/** A field's value: a number is a varint, text and bytes are delimited, a list is a message. */
export type Proto = readonly (readonly [
  field: number,
  value: number | bigint | string | Uint8Array | Proto,
])[];

export function encode(message: Proto): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytesOf(message));
}

function bytesOf(message: Proto): number[] {
  return message.flatMap(([field, value]) => {
    if (typeof value === 'number' || typeof value === 'bigint')
      return [...varint(field * 8), ...varint(value)];
    const content =
      typeof value === 'string'
        ? [...new TextEncoder().encode(value)]
        : value instanceof Uint8Array
          ? [...value]
          : bytesOf(value);
    return [...varint(field * 8 + 2), ...varint(content.length), ...content];
  });
}

/** Ten bytes where it is negative. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  for (let left = BigInt.asUintN(64, BigInt(value)); ; left >>= 7n) {
    if (left < 128n) return [...bytes, Number(left)];
    bytes.push(Number(left & 127n) | 128);
  }
}

export function model(graph: Proto): Proto {
  return [
    [1, 10],
    [7, graph],
  ];
}

export function node(
  op: string,
  name: string,
  inputs: readonly string[],
  numbers: Readonly<Record<string, number>> = {},
): Proto {
  return [
    ...inputs.map((input) => [1, input] as const),
    [2, `${name} out`],
    [3, name],
    [4, op],
    ...Object.entries(numbers).map(([key, value]) => {
      const attribute: Proto = [
        [1, key],
        [3, value],
        [20, 2],
      ];
      return [5, attribute] as const;
    }),
  ];
}

export function tensor(
  name: string,
  type: number,
  dims: readonly number[],
  raw: Uint8Array | null,
  more: Proto = [],
): Proto {
  return [
    ...dims.map((dim) => [1, dim] as const),
    [2, type],
    [8, name],
    ...(raw ? [[9, raw] as const] : []),
    ...more,
  ];
}

/** Entries of external data, as a tensor's further fields. */
export function external(entries: Readonly<Record<string, string>>): Proto {
  const pairs = Object.entries(entries).map(([key, value]) => {
    const pair: Proto = [
      [1, key],
      [2, value],
    ];
    return [13, pair] as const;
  });
  return [...pairs, [14, 1]];
}
