import { expect, test } from 'vitest';
import { editText } from './edit-text.ts';

const look = (name: string) => ({ name, colour: '' });
const donors = (...names: string[]) => names.map(look);

test('edits in words', () => {
  const rest = look('IN');
  expect(editText({ donors: donors('IN', 'IN'), rest, off: new Set() })).toBe('');
  expect(editText({ donors: donors('IN', 'IN'), rest, off: new Set([2]) })).toBe('layer 2 off');
  expect(editText({ donors: donors('IN', 'IN', 'IN'), rest, off: new Set([1, 2]) })).toBe(
    'layers 1\u20132 off',
  );
  expect(editText({ donors: donors('IN', 'RL', 'IN'), rest, off: new Set() })).toBe('layer 2 from RL');
  expect(editText({ donors: donors('IN', 'RL', 'RL', 'Base'), rest, off: new Set([1]) })).toBe(
    'layers 1 off, 2\u20133 from RL, 4 from Base',
  );
});
