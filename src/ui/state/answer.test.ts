import { expect, test } from 'vitest';
import { firstDifference } from './answer.svelte.ts';
import { verdict } from '../tryit/verdict.ts';

const of = (tokens: number[], stop: 'end' | 'length' | 'cancelled' | null = 'end') => ({ tokens, stop });

test('the first difference is a token, or the end of the shorter answer', () => {
  expect(firstDifference(of([1, 2, 3]), of([1, 9, 3]))).toBe(1);
  expect(firstDifference(of([1, 2]), of([1, 2]))).toBeNull();
  expect(firstDifference(of([1, 2]), of([1, 2, 3]))).toBe(2);
  expect(firstDifference(of([1, 2], null), of([1, 2, 3]))).toBeNull();
  expect(firstDifference(of([1, 2], 'cancelled'), of([1, 2, 3]))).toBeNull();
});

test('the verdict', () => {
  expect(verdict(of([1, 2]), of([1, 2]), 'done')).toBe('Unchanged over 2 tokens');
  expect(verdict(of([1, 2]), of([7, 2]), 'done')).toBe('Changed from the first token');
  expect(verdict(of([1, 2]), of([1, 7]), 'done')).toBe('Changed at token 2');
  expect(verdict(of([1], null), of([1], null), 'running')).toBe('The same so far, 1 token');
  expect(verdict(of([], null), of([], null), 'running')).toBe('Answering');
});
