import { expect, test } from 'vitest';
import { BOUNDLESS, fitted } from './room.ts';

const plot = { preferred: 230, least: 120 };
/** Two plots, with 100 pixels about them, in letters of 1.5. */
const pictured = (height: number) => 100 + 2 * height * 1.5;

test.each([
  ['as preferred where nothing bounds it', BOUNDLESS, 230],
  ['as preferred where there is more room than that', { first: 900, most: 1000 }, 230],
  ['as high as the first screen lets it', { first: 550, most: 1000 }, 150],
  ['the least that the first screen lets it', { first: 460, most: 1000 }, 120],
  [
    'as high as a screen of its own lets it, where the first leaves too little',
    { first: 459, most: 640 },
    180,
  ],
  ['the least, where neither has room', { first: 200, most: 300 }, 120],
])('a plot is %s', (_, room, height) => {
  expect(fitted(room, plot, pictured)).toBeCloseTo(height, 9);
});

test('a plot that is to be low is not made higher', () => {
  expect(fitted({ first: 10, most: 10 }, { preferred: 60, least: 120 }, (height) => height)).toBe(60);
});
