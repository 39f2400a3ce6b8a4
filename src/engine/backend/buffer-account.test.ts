import { expect, it } from 'vitest';
import { BufferAccount } from './buffer-account.ts';

/** Buffers that know whether they were destroyed. */
function device() {
  const destroyed: number[] = [];
  return {
    destroyed,
    createBuffer: ({ size }: GPUBufferDescriptor): GPUBuffer =>
      ({ size, destroy: () => void destroyed.push(size) }) as unknown as GPUBuffer,
  };
}

it('counts what lives and what lived at most, and still makes and destroys buffers', () => {
  const gpu = device();
  const account = new BufferAccount(gpu);
  const make = (size: number) => gpu.createBuffer({ size, usage: 0 });
  const [a, b] = [make(100), make(20)];
  expect([a.size, account.live, account.peak]).toEqual([100, 120, 120]);
  a.destroy();
  a.destroy();
  expect([account.live, account.peak]).toEqual([20, 120]);
  make(50);
  expect([account.live, account.peak]).toEqual([70, 120]);
  make(60);
  b.destroy();
  expect([account.live, account.peak]).toEqual([110, 130]);
  expect(gpu.destroyed).toEqual([100, 100, 20]);
});
