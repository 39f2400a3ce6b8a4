import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NamedError } from '../named-error.ts';
import type { JsonValue } from './json.ts';
import { parseJson } from './json.ts';

const parse = (text: string): JsonValue => parseJson(new TextEncoder().encode(text), 'a.json');

function plain(value: JsonValue): unknown {
  if (value instanceof Map) {
    return [...value].map(([key, item]: [string, JsonValue]) => [key, plain(item)]);
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

/** The same view of what JSON.parse gives; integer-like keys come first there, so tests avoid them. */
function reference(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reference);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, item]) => [key, reference(item)]);
}

function errorName(text: string | Uint8Array<ArrayBuffer>): string {
  try {
    parseJson(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'a.json');
  } catch (error) {
    if (error instanceof NamedError) return error.name;
    throw error;
  }
  return 'accepted';
}

describe('parseJson', () => {
  it('agrees with JSON.parse on every JSON document', () => {
    const documents = fc.json().filter((text) => !/"\d+":|__proto__/.test(text));
    fc.assert(
      fc.property(documents, fc.boolean(), (text, indented) => {
        const value: unknown = JSON.parse(text);
        const written = indented ? JSON.stringify(value, null, '\t') : text;
        if (!written.isWellFormed()) return;
        expect(plain(parse(written))).toEqual(reference(value));
      }),
    );
  });

  it('refuses what JSON.parse refuses, with a NamedError', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(...'{}[]",:0-e\\ t\n'), (text, at, character) => {
        const position = at % text.length;
        const damaged = text.slice(0, position) + character + text.slice(position + 1);
        const verdict = errorName(damaged);
        let valid = true;
        try {
          JSON.parse(damaged);
        } catch {
          valid = false;
        }
        if (!valid) expect(verdict).not.toBe('accepted');
        if (verdict === 'accepted') expect(valid).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['{"a":1,"a":1}', 'DuplicateKey'],
    ['{"x":[{"b":1,"c":2,"b":3}]}', 'DuplicateKey'],
    ['{"a":1,"\\u0061":2}', 'DuplicateKey'],
    ['{"__proto__":1,"__proto__":2}', 'DuplicateKey'],
    ['', 'InvalidJson'],
    ['{', 'InvalidJson'],
    ['{"a":1,}', 'InvalidJson'],
    ['[1 2]', 'InvalidJson'],
    ['{} x', 'InvalidJson'],
    ['"\\ud800"', 'InvalidJson'],
    ['"\\x41"', 'InvalidJson'],
    ['"tab\there"', 'InvalidJson'],
    ['01', 'InvalidJson'],
    ['1'.repeat(1000), 'InvalidJson'],
    ['\ufeff{}', 'InvalidJson'],
    ['['.repeat(100_000), 'InvalidJson'],
  ])('names what is wrong with %.30s', (text, name) => {
    expect(errorName(text)).toBe(name);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(errorName(Uint8Array.of(0x22, 0xff, 0x22))).toBe('NotUtf8');
    expect(errorName(Uint8Array.of(0x22, 0xc0, 0x80, 0x22))).toBe('NotUtf8');
  });

  it('keeps a key called __proto__ as a key', () => {
    expect(parse('{"__proto__":{"polluted":true}}')).toEqual(
      new Map([['__proto__', new Map([['polluted', true]])]]),
    );
    expect('polluted' in {}).toBe(false);
  });
});
