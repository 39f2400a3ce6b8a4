import { describe, expect, it } from 'vitest';
import { parsePythonJson } from './python-json.ts';

describe('JSON as Python writes it', () => {
  it('has missing and infinite numbers as bare words, which are null', () => {
    const text = '{"a": NaN, "b": [Infinity, -Infinity,NaN], "c": -1.5e3}';
    expect(parsePythonJson(text)).toEqual({ a: null, b: [null, null, null], c: -1500 });
  });

  it('keeps the words in strings, quotes and backslashes before them too', () => {
    const value = { a: 'NaN', b: '" NaN', c: 'x\\', d: '\\" -Infinity: NaN,' };
    const text = `${JSON.stringify(value).slice(0, -1)}, "e": NaN}`;
    expect(parsePythonJson(text)).toEqual({ ...value, e: null });
  });

  it.each(['{"a": NaNs}', '{"a": xNaN}', '{"a": +Infinity}', '{"a": nan}', '{NaN}', '{"a": "NaN'])(
    'is no JSON otherwise: %s',
    (text) => {
      expect(() => parsePythonJson(text)).toThrow(SyntaxError);
    },
  );

  it('keeps the digits of integers that no double holds: numbers within strings and others stay', () => {
    const text =
      '{"a": [9007199254740993,-9007199254740993], "b": 9007199254740991, "c\\\\": NaN, "d": "1\\"12345678901234567890,"';
    expect(parsePythonJson(`${text}, "e": 0.12345678901234567890, "f": 1234567890123456000e1}`)).toEqual({
      a: ['9007199254740993', '-9007199254740993'],
      b: 9007199254740991,
      'c\\': null,
      d: '1"12345678901234567890,',
      e: 0.12345678901234568,
      f: 1.234567890123456e19,
    });
    expect(() => parsePythonJson('{12345678901234567890: 1}')).toThrow(SyntaxError);
    expect(() => parsePythonJson('[01234567890123456789]')).toThrow(SyntaxError);
  });

  it('takes time in proportion to its length', () => {
    const text = `[${'NaN,'.repeat(200_000)}"${'-I N"'.replace('"', '').repeat(200_000)}"]`;
    expect(parsePythonJson(text)).toHaveLength(200_001);
  });
});
