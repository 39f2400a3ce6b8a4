/** Safetensors files whose headers are almost right: what a differential test gives to two readers. */
import { seededRandom } from '../../work/seeded-random.ts';
import { DTYPE_BYTES } from '../dtype.ts';
import { DTYPES, NAMES, NUMBERS, SHAPES, SPACES, VALUES } from './header-texts.ts';

const BITS: Readonly<Record<string, number>> = { F4: 4, F6_E2M3: 6, F6_E3M2: 6, C64: 64 };
const bitsOf = (dtype: string): number =>
  BITS[dtype] ?? 8 * ((DTYPE_BYTES as Readonly<Record<string, number>>)[dtype] ?? 1);

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[[\]{},:]|\s+|./gsu;
const TEXT = /^"/;
const NUMBER = /^-?\d/;

export interface MutatedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For the reader of a report. */
  readonly header: string;
}

/** The same files, one after another, for the same seed. */
export function* mutatedHeaders(seed: number): Generator<MutatedFile, never> {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;

  /** A header that is right, as tokens, and how many bytes of data belong to it. */
  const rightHeader = (): { tokens: string[]; data: number } => {
    let data = 0;
    const entries = Array.from({ length: below(4) }, (_, at) => {
      const dtype = pick(DTYPES);
      const shape = Array.from({ length: below(4) }, () => pick([0, 1, 1, 2, 2, 3, 4, 8]));
      if (bitsOf(dtype) % 8) shape.push(8);
      const bytes = (shape.reduce((product, dim) => product * dim, 1) * bitsOf(dtype)) / 8;
      const begin = data;
      data += bytes;
      const fields = [
        `"dtype":"${dtype}"`,
        `"shape":[${shape.join(',')}]`,
        `"data_offsets":[${begin},${data}]`,
      ];
      if (below(3) === 0) fields.push(fields.shift() ?? '');
      return `"${pick(['t', 'layer.', 'ü', '__proto__'])}${at}":{${fields.join(',')}}`;
    });
    if (below(3) === 0)
      entries.unshift(pick(['"__metadata__":{"format":"pt"}', '"__metadata__":null', '"__metadata__":{}']));
    if (below(4) === 0) entries.reverse();
    const text = `{${entries.join(',')}}${' '.repeat(below(2) * below(9))}`;
    return { tokens: text.match(TOKEN) ?? [], data };
  };

  const places = (tokens: readonly string[], kind: RegExp): number[] =>
    tokens.flatMap((token, at) => (kind.test(token) ? [at] : []));

  const put = (tokens: string[], kind: RegExp, texts: readonly string[]): void => {
    const at = pick(places(tokens, kind));
    if (at !== undefined) tokens[at] = pick(texts);
  };

  /** Where the list or object that opens at `open` ends. */
  const endOf = (tokens: readonly string[], open: number): number => {
    let depth = 0;
    for (let at = open; at < tokens.length; at++) {
      if ('[{'.includes(tokens[at] ?? '')) depth += 1;
      if (']}'.includes(tokens[at] ?? '')) depth -= 1;
      if (depth === 0) return at + 1;
    }
    return tokens.length;
  };

  const MUTATIONS: readonly ((tokens: string[]) => void)[] = [
    (tokens) => put(tokens, NUMBER, NUMBERS),
    (tokens) => put(tokens, NUMBER, NUMBERS),
    (tokens) => put(tokens, TEXT, NAMES),
    (tokens) => put(tokens, TEXT, VALUES),
    (tokens) =>
      put(
        tokens,
        /^"[A-Z]/,
        DTYPES.map((dtype) => `"${dtype}"`),
      ),
    // A number is written otherwise, to the same value or one that is near.
    (tokens) => {
      const at = pick(places(tokens, NUMBER));
      if (at !== undefined) tokens[at] += pick(['.0', 'e0', 'E+0', '.5', '0', 'e1', '.0e0', '.']);
    },
    // A whole list or object becomes another.
    (tokens) => {
      const at = pick(places(tokens, /^[[{]$/));
      if (at !== undefined) tokens.splice(at, endOf(tokens, at) - at, pick([...SHAPES, ...VALUES]));
    },
    (tokens) => {
      const at = pick(places(tokens, /^\[$/));
      if (at !== undefined) tokens.splice(at, endOf(tokens, at) - at, pick(SHAPES));
    },
    (tokens) => void tokens.splice(below(tokens.length + 1), 0, pick(SPACES)),
    (tokens) => void tokens.splice(below(tokens.length), 1),
    (tokens) => void tokens.splice(below(tokens.length), 0, pick(tokens) ?? ''),
    // A field more, or one again.
    (tokens) => {
      const at = pick(places(tokens, /^\{$/));
      if (at === undefined) return;
      const empty = tokens[at + 1] === '}';
      tokens.splice(at + 1, 0, pick(NAMES), ':', pick(VALUES), ...(empty ? [] : [',']));
    },
    (tokens) => {
      const at = pick(places(tokens, TEXT).filter((place) => tokens[place + 1] === ':'));
      if (at === undefined) return;
      const opens = '[{'.includes(tokens[at + 2] ?? ' ');
      const end = opens ? endOf(tokens, at + 2) : at + 3;
      tokens.splice(end, 0, ',', ...tokens.slice(at, end));
    },
    // A dtype as serde writes the variants of an enum.
    (tokens) => {
      const at = pick(places(tokens, /^"[A-Z]/));
      if (at !== undefined) tokens[at] = `{${tokens[at] ?? ''}:${pick(['null', '{}', '[]', '0'])}}`;
    },
    // One more dim, or one fewer.
    (tokens) => {
      const at = pick(places(tokens, /^\[$/));
      if (at !== undefined) tokens.splice(at + 1, 0, pick(NUMBERS), ',');
    },
  ];

  for (;;) {
    const { tokens, data } = rightHeader();
    const mutations = below(8) === 0 ? 0 : 1 + below(3);
    for (let i = 0; i < mutations && tokens.length > 0; i++) pick(MUTATIONS)(tokens);
    let header = new TextEncoder().encode(tokens.join(''));
    // A bit, a byte too many, a byte too few.
    if (below(8) === 0 && header.length > 0) {
      const at = below(header.length);
      const byte = (header[at] ?? 0) ^ (1 << below(8));
      const way = below(3);
      header = Uint8Array.from([
        ...header.subarray(0, at),
        ...(way === 0 ? [byte] : way === 1 ? [header[at] ?? 0, below(256)] : []),
        ...header.subarray(at + 1),
      ]);
    }
    const dataBytes = Math.max(0, data + (below(12) === 0 ? pick([-1, 1, 8, -8]) : 0));
    const stated = header.length + (below(16) === 0 ? pick([-1, 1, -9, 8, dataBytes, 2 ** 40]) : 0);
    const bytes = new Uint8Array(8 + header.length + dataBytes);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.max(0, stated)), true);
    bytes.set(header, 8);
    yield { bytes, header: new TextDecoder().decode(header) };
  }
}
