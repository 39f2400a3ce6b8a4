import { expect, it } from 'vitest';
import { parseExpression } from './parser.ts';

it('knows no command by what every object of JavaScript has', () => {
  expect(parseExpression('\\pi')).toEqual({ kind: 'constant', name: 'pi' });
  for (const name of ['constructor', 'toString', 'hasOwnProperty'])
    expect(parseExpression(`\\${name}`)).toBeUndefined();
});
