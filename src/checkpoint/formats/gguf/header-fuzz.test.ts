/**
 * Mutated GGUF files: opened, or refused by name, with no read or list larger than the limits.
 */
import { describe, expect, it } from 'vitest';
import { NamedError } from '../../../named-error.ts';
import { seededRandom, type Random } from '../../../work/seeded-random.ts';
import type { ByteSource } from '../../byte-source.ts';
import { failureOf } from '../../testing/files.ts';
import { heldSource } from '../../testing/held-source.ts';
import { fuzzed, FUZZ_TIMEOUT } from '../testing/fuzz.ts';
import { spliced } from '../testing/spliced.ts';
import { MAX_HEADER_BYTES } from './byte-window.ts';
import { readGgufHeader } from './header.ts';
import { ggufFolder } from './open.ts';
import { ggufFile } from './testing/gguf-file.ts';
import { HOSTILE_HEADERS } from './testing/hostile-headers.ts';
import { LANGUAGE_KEYS, LANGUAGE_TENSORS, VISION_KEYS, VISION_TENSORS } from './testing/tiny-model.ts';

const SEED = 5;
/** Numbers that overflow, wrap, or lie at a limit. */
const NUMBERS = [
  ...[
    0n,
    1n,
    2n,
    3n,
    4n,
    5n,
    7n,
    8n,
    9n,
    12n,
    13n,
    31n,
    32n,
    33n,
    255n,
    256n,
    1024n,
    4096n,
    20_000n,
    20_001n,
  ],
  ...[
    2n ** 20n,
    2n ** 20n + 1n,
    1_000_000n,
    1_000_001n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
    2n ** 32n,
  ],
  ...[
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 60n,
    2n ** 61n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 32n,
    2n ** 64n - 1n,
  ],
];
const LARGEST_READ = 5 * 2 ** 20;
const LARGEST_FILE = 2 ** 40;

const LANGUAGE = ggufFile(LANGUAGE_KEYS, LANGUAGE_TENSORS);
const VISION = ggufFile(VISION_KEYS, VISION_TENSORS);

/** The bytes, and zeros up to a size that no machine holds; keeps how much was read at once. */
class EndlessSource implements ByteSource {
  readonly name = 'f';
  readonly size = LARGEST_FILE;
  readonly #bytes: Uint8Array;
  largest = 0;
  read = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    this.largest = Math.max(this.largest, end - start);
    this.read += end - start;
    if (end - start > LARGEST_READ) throw new Error(`a read of ${end - start} bytes`);
    const part = new Uint8Array(end - start);
    part.set(this.#bytes.subarray(start, end));
    return { arrayBuffer: () => Promise.resolve(part.buffer) };
  }
}

function mutated(original: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const below = (count: number): number => Math.floor(random() * count);
  let bytes = original.slice();
  for (let left = 1 + below(3); left > 0; left -= 1) {
    const at = below(bytes.length);
    const view = new DataView(bytes.buffer);
    const number = NUMBERS[below(NUMBERS.length)] as bigint;
    switch (below(7)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << below(8));
        break;
      case 2:
        if (at + 4 <= bytes.length) view.setUint32(at, Number(number & 0xffff_ffffn), true);
        break;
      case 3:
        if (at + 8 <= bytes.length) view.setBigUint64(at, number, true);
        break;
      case 4:
        bytes = bytes.slice(0, at);
        break;
      case 5: {
        const cut = bytes.slice(at, at + below(64));
        bytes = spliced(bytes, below(bytes.length), 0, cut);
        break;
      }
      default:
        bytes = spliced(bytes, at, below(32));
    }
    if (bytes.length === 0) return bytes;
  }
  return bytes;
}

describe('hostile headers', () => {
  it.each(HOSTILE_HEADERS)('$what: $error', async ({ bytes, error }) => {
    expect((await failureOf(readGgufHeader(heldSource('f', bytes), 'f'))).name).toBe(error);
  });

  it('are refused without a large read, were the file as large as they say', async () => {
    for (const { what, bytes } of HOSTILE_HEADERS) {
      const source = new EndlessSource(bytes);
      await readGgufHeader(source, 'f').catch((error: unknown) => {
        if (!(error instanceof NamedError)) throw error;
      });
      expect(source.read, what).toBeLessThan(MAX_HEADER_BYTES + LARGEST_READ);
    }
  });
});

it(
  'mutated files: opened, or refused by name',
  async () => {
    const random = seededRandom(SEED);
    const outcomes = await fuzzed(1500, async (at) => {
      const bytes = mutated(at % 3 === 0 ? VISION : LANGUAGE, random);
      if (at % 8 === 7) {
        await readGgufHeader(new EndlessSource(bytes), 'f');
        return 'opened';
      }
      const [a, b] = at % 3 === 0 ? [LANGUAGE, bytes] : [bytes, VISION];
      const files = new Map([
        ['a.gguf', heldSource('a.gguf', a)],
        ['b.gguf', heldSource('b.gguf', b)],
      ]);
      const opened = await ggufFolder.open(files);
      if (!opened?.tensors.length) throw new Error('opened without tensors');
      return 'opened';
    });
    expect(outcomes.size).toBeGreaterThan(12);
    expect(outcomes.get('opened')).toBeGreaterThan(75);
  },
  FUZZ_TIMEOUT,
);
