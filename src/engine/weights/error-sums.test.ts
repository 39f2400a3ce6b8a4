import { expect, it } from 'vitest';
import { addErrors, relativeFrobenius, summarizeErrors } from './error-sums.ts';

const small = { squaredError: 4, squaredNorm: 100, maxAbs: 1 };
const large = { squaredError: 12, squaredNorm: 156, maxAbs: 3 };

it('adds squares and keeps the largest', () => {
  expect(addErrors(small, large)).toEqual({ squaredError: 16, squaredNorm: 256, maxAbs: 3 });
});

it('is relative to the norm, and zero for a tensor of zeros', () => {
  expect(relativeFrobenius(small)).toBe(0.2);
  expect(relativeFrobenius({ squaredError: 0, squaredNorm: 0, maxAbs: 0 })).toBe(0);
});

it('summarizes over all tensors and names the worst, relatively', () => {
  const report = summarizeErrors(
    new Map([
      ['small', small],
      ['large', large],
    ]),
  );
  expect(report).toEqual({
    relativeFrobenius: 0.25,
    maxAbs: 3,
    worstTensor: { name: 'large', relativeFrobenius: Math.sqrt(12 / 156) },
  });
  expect(summarizeErrors(new Map())).toBeNull();
});
