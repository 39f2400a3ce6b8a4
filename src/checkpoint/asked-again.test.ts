import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askedAgain } from './asked-again.ts';
import { readRange } from './byte-source.ts';
import { readScattered } from './scattered-reads.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = (): Promise<never> => new Promise(() => undefined);

it('asks once where an answer comes, however it comes', async () => {
  const read = vi.fn(() => Promise.resolve(1));
  expect(await askedAgain(read, 10)).toBe(1);
  const refused = vi.fn(() => Promise.reject(new RangeError('gone')));
  await expect(askedAgain(refused, 10)).rejects.toThrow('gone');
  await vi.advanceTimersByTimeAsync(1e6);
  expect([read, refused].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});

it('asks again after a second and what the bytes take at 1 MB/s, then after twice as long each time', async () => {
  const asked: number[] = [];
  const start = Date.now();
  const read = () => {
    asked.push(Date.now() - start);
    return asked.length === 4 ? Promise.resolve('bytes') : never();
  };
  const reading = askedAgain(read, 3_000_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await reading).toBe('bytes');
  expect(asked).toEqual([0, 4000, 12_000, 28_000]);
});

it('takes an answer that comes late, too', async () => {
  let late = (_: number): void => undefined;
  const first = new Promise<number>((resolve) => (late = resolve));
  const read = vi.fn<() => Promise<number>>(never).mockReturnValueOnce(first);
  const reading = askedAgain(read, 0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(read).toHaveBeenCalledTimes(2);
  late(7);
  expect(await reading).toBe(7);
});

it('reads ranges of a file whose browser leaves the first question unanswered', async () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);
  const real = Blob.prototype.arrayBuffer;
  const spy = vi.spyOn(Blob.prototype, 'arrayBuffer').mockImplementation(never);
  const file = new File([bytes], 'w');
  const place = { file: 'w' };
  const reading = readRange(file, 10, 20, place);
  const scattered = readScattered(file, 'w', [
    { start: 1, end: 3, tensor: 'a' },
    { start: 7, end: 9, tensor: 'b' },
  ]);
  spy.mockImplementation(real);
  await vi.advanceTimersByTimeAsync(2000);
  vi.useRealTimers();
  expect(await reading).toEqual(bytes.slice(10, 20));
  expect(await scattered).toEqual(Uint8Array.of(1, 2, 7, 8));
  spy.mockRestore();
});
