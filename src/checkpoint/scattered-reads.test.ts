import { describe, expect, it, vi } from 'vitest';
import type { ByteSource } from './byte-source.ts';
import { readScattered } from './scattered-reads.ts';
import { failureOf } from './testing/files.ts';

const CONTENT = Uint8Array.from({ length: 40_000 }, (_, index) => (index * 7 + (index >> 8)) & 255);
const RANGES = Array.from({ length: 500 }, (_, index) => ({
  start: index * 80,
  end: index * 80 + 1 + (index % 70),
  tensor: `t${index}`,
}));
const wanted = Uint8Array.from(RANGES.flatMap(({ start, end }) => [...CONTENT.subarray(start, end)]));

/** What answers for its bytes, and is no Blob. */
function computed(fails?: (start: number) => boolean): ByteSource & { reads: number } {
  const source = {
    name: 'made',
    size: CONTENT.length,
    reads: 0,
    slice: (start: number, end: number) => ({
      arrayBuffer: () => {
        source.reads += 1;
        return fails?.(start)
          ? Promise.reject(new Error('gone'))
          : Promise.resolve(CONTENT.slice(start, end).buffer);
      },
    }),
  };
  return source;
}

describe('many small ranges', () => {
  it('come one after another, from a file and from a source that computes', async () => {
    expect(await readScattered(new File([CONTENT], 'f'), 'f', RANGES)).toEqual(wanted);
    expect(await readScattered(computed(), 'f', RANGES)).toEqual(wanted);
    expect(await readScattered(new File([CONTENT], 'f'), 'f', [])).toEqual(new Uint8Array(0));
  });

  it('of one file are cut out once, however often they are read', async () => {
    // So far apart that none is read with another.
    const apart = 2 ** 18;
    const file = new File(
      RANGES.slice(0, 20).map(() => new Uint8Array(apart).map((_, index) => index & 255)),
      'f',
    );
    const ranges = RANGES.slice(0, 20).map(({ tensor }, at) => {
      return { start: at * apart + at, end: at * apart + at + 1 + (at % 7), tensor };
    });
    const bytesOf = (from: number): Uint8Array =>
      Uint8Array.from(
        ranges.flatMap((_, at) => Array.from({ length: 1 + (at % 7) }, (_, by) => at + by + from)),
      );
    const slice = vi.spyOn(file, 'slice');
    for (let time = 0; time < 3; time++) expect(await readScattered(file, 'f', ranges)).toEqual(bytesOf(0));
    expect(slice).toHaveBeenCalledTimes(ranges.length);
    // Others of it are not taken for these.
    const moved = ranges.map(({ start, end, tensor }) => ({ start: start + 1, end: end + 1, tensor }));
    expect(await readScattered(file, 'f', moved)).toEqual(bytesOf(1));
  });

  it('that lie close together are read with what is between them, once for 128, and in the order asked for', async () => {
    const file = new File([CONTENT], 'f');
    const slice = vi.spyOn(file, 'slice');
    for (let time = 0; time < 3; time++) expect(await readScattered(file, 'f', RANGES)).toEqual(wanted);
    expect(slice).toHaveBeenCalledTimes(Math.ceil(RANGES.length / 128));
    const turned = RANGES.slice(0, 100).toReversed();
    const bytes = Uint8Array.from(turned.flatMap(({ start, end }) => [...CONTENT.subarray(start, end)]));
    expect(await readScattered(file, 'f', turned)).toEqual(bytes);
  });

  it('of a file that is shorter than it was: a tensor beyond its end is named', async () => {
    const error = await failureOf(readScattered(new File([CONTENT.subarray(0, 20_010)], 'f'), 'f', RANGES));
    expect(error).toMatchObject({ name: 'FileChanged', place: { file: 'f' } });
    expect(Number(error.place.tensor?.slice(1))).toBeGreaterThanOrEqual(250);
  });

  it('of a source that fails: the tensor is named', async () => {
    const error = await failureOf(
      readScattered(
        computed((start) => start === 8000),
        'f',
        RANGES,
      ),
    );
    expect(error).toMatchObject({ name: 'FileUnreadable', place: { file: 'f', tensor: 't100' } });
  });

  it('end when they are cancelled, however many are left', async () => {
    const controller = new AbortController();
    const source = computed((start) => {
      if (start === 1600) controller.abort();
      return false;
    });
    const error = await failureOf(readScattered(source, 'f', RANGES, controller.signal));
    expect(error.name).toBe('Cancelled');
    expect(source.reads).toBeLessThan(30);
  });
});
