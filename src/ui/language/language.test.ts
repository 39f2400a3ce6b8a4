import { beforeEach, expect, test } from 'vitest';
import { preferred } from './language.ts';
import { inEnglish, language, speak, texts } from './texts.ts';

beforeEach(() => speak('en', () => Promise.resolve({})));

test.each([
  [['zh-CN', 'en'], 'zh'],
  [['zh'], 'zh'],
  [['ZH-hant-TW'], 'zh'],
  [['de-DE', 'zh-CN', 'en'], 'zh'],
  [['en-US', 'zh-CN'], 'en'],
  [['de'], 'en'],
  [[], 'en'],
] as const)('of %j the app speaks %s', (tags, expected) => {
  expect(preferred(tags)).toBe(expected);
});

test('texts are those of the language that is spoken, and English where a room has none', async () => {
  const open = texts('open', { title: 'Open', files: (n: number) => `${n} files` });
  const other = texts('other', { title: 'Other' });
  expect([language(), open.title, open.files(2)]).toEqual(['en', 'Open', '2 files']);
  await speak('zh', () => Promise.resolve({ open: { title: '打开', files: (n: number) => `${n} 个文件` } }));
  expect([language(), open.title, open.files(2), other.title]).toEqual(['zh', '打开', '2 个文件', 'Other']);
  await speak('en', () => Promise.reject(new Error('English needs no file')));
  expect([language(), open.title]).toEqual(['en', 'Open']);
});

test('what is made in English is, whatever is spoken before and after', async () => {
  const open = texts('open', { title: 'Open' });
  await speak('zh', () => Promise.resolve({ open: { title: '打开' } }));
  expect(inEnglish(() => [language(), open.title])).toEqual(['en', 'Open']);
  const failing = (): never => {
    throw new Error('not drawn');
  };
  expect(() => inEnglish(failing)).toThrow('not drawn');
  expect([language(), open.title]).toEqual(['zh', '打开']);
});

test('where the texts do not come the language stays', async () => {
  await expect(speak('zh', () => Promise.reject(new Error('not served')))).rejects.toThrow('not served');
  expect(language()).toBe('en');
});
