import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ByteSource } from '../byte-source.ts';
import { readRange } from '../byte-source.ts';
import type { DecodedFolder } from './decoded-folder.ts';
import { fromSent, toSent } from './sent-source.ts';
import { gptqFolder } from './testing/gptq-folder.ts';

const [ROWS, COLUMNS] = [64, 64];
const NAME = 'model.layers.0.mlp.up_proj';

const gptq = (seed: number): Promise<DecodedFolder> => gptqFolder(seed, { [NAME]: ROWS }, COLUMNS);

function counted(source: ByteSource): { source: ByteSource; reads: () => number } {
  let reads = 0;
  const file = new File([], source.name);
  Object.defineProperty(file, 'size', { value: source.size });
  file.slice = (start = 0, end = source.size) => {
    reads += 1;
    return source.slice(start, end) as Blob;
  };
  return { source: file, reads: () => reads };
}

describe('a source in the thread that it was sent to', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('reads what the folder reads; two folders alike in all but their codes are not mixed up', async () => {
    for (const seed of [1, 5]) {
      const { weights } = await gptq(seed);
      const start = weights.size - 4 * ROWS * COLUMNS;
      const sent = toSent(weights, start);
      if (!sent) throw new RangeError('it cannot be sent');
      for (const row of [0, 10, 63]) {
        const [from, end] = [start + 4 * row * COLUMNS, start + 4 * (row + 1) * COLUMNS];
        const place = { file: weights.name };
        const expected = await readRange(weights, from, end, place);
        expect(await readRange(fromSent(structuredClone(sent)), from, end, place)).toEqual(expected);
      }
    }
  });

  it('reads parts that every row needs once, and lets go of them when it is asked for nothing more', async () => {
    const { weights, origin } = await gptq(3);
    const start = weights.size - 4 * ROWS * COLUMNS;
    const sent = toSent(weights, start);
    if (sent?.kind !== 'encoded') throw new RangeError('it cannot be sent');
    const { source, reads } = counted(origin.get('model.safetensors') as ByteSource);
    const files = new Map([
      ['model.safetensors', { kind: 'blob' as const, blob: source as ByteSource & Blob }],
    ]);
    const row = (index: number): Promise<unknown> =>
      readRange(
        fromSent({ ...sent, key: 'counted', files }),
        start + 4 * index * COLUMNS,
        start + 4 * (index + 1) * COLUMNS,
        { file: 'm' },
      );
    await row(0);
    const first = reads();
    await row(1);
    expect(reads()).toBe(first);
    vi.runAllTimers();
    await row(2);
    expect(reads()).toBe(2 * first);
  });
});
