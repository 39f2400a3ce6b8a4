import { describe, expect, it } from 'vitest';
import type { Tensor } from '../backend/backend.ts';
import { type ArrayDevice, distinctBytes, WeightArrays } from './arrays.ts';

const slot = (name: string, size = 4) => ({ name, type: 'uint8', dims: [size] }) as const;

/** A device that knows what lives on it. */
function device(constantWeights = false) {
  const live = new Set<Tensor>();
  const backend: ArrayDevice = {
    constantWeights,
    zeros: () => {
      const tensor = {} as Tensor;
      live.add(tensor);
      return Promise.resolve(tensor);
    },
    write: () => undefined,
    dispose: (tensor) => void live.delete(tensor),
  };
  return { backend, live };
}

async function filled(backend: ArrayDevice, ...names: readonly string[]): Promise<WeightArrays> {
  const arrays = new WeightArrays(backend);
  for (const name of names) await arrays.allocate(slot(name));
  return arrays;
}

describe('arrays that two checkpoints have alike', () => {
  it('are held once, and as long as one of them holds them', async () => {
    const { backend, live } = device();
    const [a, b] = [await filled(backend, 'x', 'y'), await filled(backend, 'x', 'z')];
    expect(live.size).toBe(4);
    b.share(['x', 'unknown'], a);
    expect([live.size, distinctBytes([a, b]), b.heldBytes]).toEqual([3, 12, 8]);
    expect(b.tensor('x')).toBe(a.tensor('x'));
    b.share(['x'], a);
    a.dispose();
    expect([live.size, b.has('x')]).toEqual([2, true]);
    b.release(['x']);
    b.release(['x']);
    expect([live.size, b.has('x')]).toEqual([1, false]);
    b.dispose();
    expect(live.size).toBe(0);
  });
});

describe('arrays that are given back', () => {
  it('count in the whole, and are there again once others are adopted', async () => {
    const { backend, live } = device();
    const arrays = await filled(backend, 'x', 'y');
    arrays.release(['y']);
    expect([arrays.bytes, arrays.heldBytes, live.size]).toEqual([8, 4, 1]);
    expect(() => arrays.tensor('y')).toThrow('y is not on the device');
    const fresh = await filled(backend, 'y');
    const tensor = fresh.tensor('y');
    arrays.adopt(fresh);
    fresh.dispose();
    expect([arrays.tensor('y') === tensor, arrays.heldBytes, live.size]).toEqual([true, 8, 2]);
  });

  it('live no longer than whoever adopts them', async () => {
    const { backend, live } = device();
    const arrays = await filled(backend, 'x');
    arrays.dispose();
    arrays.adopt(await filled(backend, 'x'));
    expect(live.size).toBe(0);
  });
});

describe.each([true, false])('arrays of which only some are wanted (constants: %s)', (constants) => {
  it('let go what comes of others, and know its size', async () => {
    const { backend, live } = device(constants);
    const arrays = new WeightArrays(backend, new Set(['x']));
    // What is read whole would have to be put somewhere.
    expect(arrays.areConstants).toBe(false);
    for (const name of ['x', 'y']) {
      await arrays.allocate(slot(name));
      arrays.write(name, 1, Uint8Array.of(7));
    }
    if (constants) {
      expect([...arrays.constant('x')]).toEqual([0, 7, 0, 0]);
      arrays.take('y', Uint8Array.of(1, 2, 3, 4));
    }
    expect([arrays.has('x'), arrays.has('y')]).toEqual([true, false]);
    expect([arrays.bytes, arrays.heldBytes, live.size]).toEqual([8, 4, constants ? 0 : 1]);
  });
});
