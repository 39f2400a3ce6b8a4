import { describe, expect, test } from 'vitest';
import { CHINESE } from './chinese.ts';

const english = import.meta.glob<{ readonly en: object }>('../**/{texts,*-texts}.ts', { eager: true });
const chinese = import.meta.glob<{ readonly zh: object }>('../**/{texts,*-texts}.zh.ts', { eager: true });
const rooms = Object.entries(english).filter(([, module]) => 'en' in module);

/** Each text by its path; what functions say is not known without what they are told. */
function strings(texts: object, path = ''): readonly (readonly [path: string, text: unknown])[] {
  return Object.entries(texts).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? strings(value, `${path}${name}.`)
      : [[`${path}${name}`, value] as const],
  );
}

const marks = (text: string): readonly string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** So many words in a row are a sentence, which no language has in common with another. */
const SENTENCE = /(?:[A-Za-z’']+ ){4}/;

describe.each(rooms)('%s', (path, { en }) => {
  const zh = chinese[path.replace('.ts', '.zh.ts')]?.zh;

  test('has its Chinese, which the app speaks', () => {
    expect(zh).toBeDefined();
    expect(Object.values(CHINESE)).toContain(zh);
  });

  test('has every text in both languages, with the same marks for parts', () => {
    const other = new Map(strings(zh ?? {}));
    for (const [name, text] of strings(en)) {
      const said = other.get(name);
      expect(typeof said, name).toBe(typeof text);
      if (typeof text !== 'string' || typeof said !== 'string') continue;
      expect(said.trim() !== '' || text.trim() === '', name).toBe(true);
      expect(marks(said), name).toEqual(marks(text));
      expect(said === text && SENTENCE.test(text), `${name}: ${text}`).toBe(false);
    }
    expect(other.size).toBe(strings(en).length);
  });
});
