import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../scripts/paths.mjs';
import { bibtex, citation, type Cited } from './citation.ts';
import { version } from './version.ts';

const cited: Cited = {
  ...{ kind: 'figure', title: 'IN − Base: 50 % of OCR_1 changes.', version: '0.1.0' },
  date: '2026-11-29T05:00:00.000Z',
  models: [
    { name: 'IN', folder: 'demo:in', fingerprint: '0123456789abcdef'.repeat(4) },
    { name: 'mine', folder: 'mine', fingerprint: null },
  ],
  command: 'npm run -s headless -- swap --model demo:in --out swap',
};

test('a figure is cited by name, version, date, models by fingerprint and command', () => {
  expect(citation(cited)).toBe(
    'IN − Base: 50 % of OCR_1 changes. Figure made with Frankenscope 0.1.0 on 2026-11-29. Models, with the first letters of the SHA-256 of each: IN (demo:in, 0123456789ab) and mine. Command: npm run -s headless -- swap --model demo:in --out swap',
  );
  expect(citation({ ...cited, kind: 'study', models: [], command: null })).toBe(
    'IN − Base: 50 % of OCR_1 changes. Study made with Frankenscope 0.1.0 on 2026-11-29.',
  );
});

test('BibTeX has an entry for it and one for the program, set as they are read', () => {
  expect(bibtex(cited)).toBe(`@misc{frankenscope-figure-in-base-50-of-ocr-1-changes,
  title = {{IN \\textminus{} Base: 50 \\% of OCR\\_1 changes}},
  howpublished = {Figure made with Frankenscope 0.1.0},
  year = {2026},
  month = {11},
  note = {Models, with the first letters of the SHA-256 of each: IN (demo:in, 0123456789ab) and mine. Command: npm run -s headless -{}- swap -{}-model demo:in -{}-out swap},
}

@misc{frankenscope,
  author = {{The Frankenscope authors}},
  title = {{Frankenscope}: what reinforcement learning changed inside a vision-language model},
  version = {0.1.0},
  year = {2026},
}
`);
});

test('no text opens or ends an entry, or is a command of TeX', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom('{', '}', '\\', '@', '%', '\n', ',', '"', '#', '$', 'input', '--', '}\n@misc{a,'),
        {
          maxLength: 20,
        },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(hostile, hostile, (title, command) => {
      const text = bibtex({ ...cited, title, command });
      let depth = 0;
      let entries = 0;
      for (const letter of text) {
        if (letter === '@' && depth === 0) entries += 1;
        if (letter === '{') depth += 1;
        if (letter === '}') depth -= 1;
        expect(depth).toBeGreaterThanOrEqual(0);
      }
      expect([depth, entries]).toEqual([0, 2]);
      // What is left after our own commands has no letter that TeX acts on.
      const names =
        /\\(?:text(?:backslash|brace(?:left|right)|ascii(?:tilde|circum)|less|greater|bar|minus)\{\}|[#$%&_])/g;
      expect(text.replace(names, '')).not.toMatch(/[\\#$%&_~^]/);
    }),
  );
});

test('the repository is cited by the version and licence that it has', () => {
  const file = (name: string): unknown => parse(readFileSync(join(ROOT, name), 'utf8'));
  const { license } = file('package.json') as { license: string };
  expect(file('CITATION.cff')).toMatchObject({
    ...{ 'cff-version': '1.2.0', title: 'Frankenscope', version, license },
    authors: [{ name: 'The Frankenscope authors' }],
  });
});
