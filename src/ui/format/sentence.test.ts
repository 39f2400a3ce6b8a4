import { expect, test } from 'vitest';
import { sentence } from './sentence.ts';

test.each([
  ['add the missing files', 'Add the missing files.'],
  ['config.json names no layers', 'config.json names no layers.'],
  ['model.layers.0.mlp ends at 12', 'model.layers.0.mlp ends at 12.'],
  ['Load it as q4.', 'Load it as q4.'],
  ['', ''],
])('%s', (fragment, expected) => expect(sentence(fragment)).toBe(expected));
