import { expect, test } from 'vitest';
import { domainTexts, levelColour, levelOf, magnitudeDomain } from './magnitude.ts';

test('the ends of the scale are viridis’ own', () => {
  expect(levelColour(levelOf(0, [0, 1]), 'viridis')).toBe('#440154');
  expect(levelColour(levelOf(1, [0, 1]), 'viridis')).toBe('#fde725');
  expect(levelColour(levelOf(9, [0, 1]), 'cividis')).toBe(levelColour(levelOf(1, [0, 1]), 'cividis'));
});

test('the domain comes from finite values, and never has no extent', () => {
  expect(magnitudeDomain({ title: '' }, [3, Number.NaN, -1, Number.NEGATIVE_INFINITY])).toEqual([-1, 3]);
  expect(magnitudeDomain({ title: '' }, [2, 2])).toEqual([2, 4]);
  expect(magnitudeDomain({ title: '' }, [])).toEqual([0, 1]);
  expect(magnitudeDomain({ title: '', domain: [0, 9] }, [5])).toEqual([0, 9]);
});

test('the ends of a scale are written as finely as its extent needs', () => {
  expect(domainTexts({ title: '' }, [-4.4617, 6.85e-12])).toEqual(['\u22124.46', '0']);
  expect(domainTexts({ title: '' }, [0, 0.12761])).toEqual(['0', '0.128']);
  expect(domainTexts({ title: '' }, [0, 41_220.7])).toEqual(['0', '41221']);
});
