import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ByteSource } from '../byte-source.ts';
import { readRange } from '../byte-source.ts';
import { folder } from '../testing/files.ts';
import { writeSafetensors } from '../testing/safetensors.ts';
import { DecodedFolder } from './decoded-folder.ts';
import { readableFolder } from './open.ts';
import { fromSent, toSent } from './sent-source.ts';

const [ROWS, COLUMNS] = [64, 64];
const NAME = 'model.layers.0.mlp.up_proj';

/** A GPTQ matrix, of which every row needs all codes; its codes are counted from `seed`. */
async function gptq(seed: number): Promise<DecodedFolder> {
  const filled = (bytes: number, value: (at: number) => number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length: bytes }, (_, at) => value(at));
  const file = writeSafetensors([
    ...[
      { name: `${NAME}.qweight`, dtype: 'I32', shape: [COLUMNS / 8, ROWS] } as const,
      { name: `${NAME}.qzeros`, dtype: 'I32', shape: [1, ROWS / 8] } as const,
    ].map((tensor) => ({
      ...tensor,
      bytes: filled(4 * tensor.shape.reduce((a, b) => a * b, 1), (at) => (seed + 37 * at) & 0x77),
    })),
    // 1 in half precision.
    {
      name: `${NAME}.scales`,
      dtype: 'F16',
      shape: [1, ROWS],
      bytes: filled(2 * ROWS, (at) => (at % 2) * 0x3c),
    },
  ]);
  const said = { quant_method: 'gptq', bits: 4, group_size: -1, desc_act: false, sym: false };
  const files = folder({ 'model.safetensors': file });
  const config = new File([JSON.stringify({ quantization_config: said })], 'config.json');
  const opened = await readableFolder(new Map([...files, ['config.json', config]]));
  if (!(opened instanceof DecodedFolder)) throw new RangeError('it opened as plain');
  return opened;
}

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
