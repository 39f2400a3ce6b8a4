import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markup } from './markup.ts';
import { type Report, reportHtml } from './report.ts';
import { words } from './words.ts';

const parsed = (html: string): Document => new DOMParser().parseFromString(html, 'text/html');

/** A report with the same text wherever a text of people can stand. */
function reportOf(text: string): Report {
  const model = { name: text, folder: text, fingerprint: text };
  return {
    cited: {
      ...{ kind: 'study', title: text, version: text, date: '2026-11-29T05:00:00Z' },
      ...{ models: [model], command: text },
    },
    build: text,
    parts: [
      {
        ...{ title: text, told: text, findings: [text, text], missing: text },
        figures: [
          {
            ...{ title: text, measured: text, definition: text, note: text, lines: [text], command: text },
            svg: markup`<svg width="10" height="10"><title>${text}</title><text>${text}</text></svg>`,
            table: { columns: [text, 'n'], rows: [[text, '1']], numeric: [false, true] },
          },
        ],
        works: [{ key: text, kind: text, modules: text }],
      },
    ],
    papers: [
      {
        title: text,
        claims: [{ says: text, where: text, verdict: text, sentence: text, rule: text }],
      },
    ],
    ...{ judged: text, spec: text, faces: '', lang: 'en', words },
  };
}

const ELEMENTS = parsed(reportHtml(reportOf('plain')));
const shapeOf = (document: Document): readonly string[] =>
  [...document.querySelectorAll('*')].map((one) =>
    [one.nodeName, ...[...one.attributes].map(({ name }) => name)].join(' '),
  );
/** As a parser has it: of line ends one kind, and no control characters. */
const shown = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\t\n])\p{Cc}/gu, '\ufffd');

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '<script>alert(1)</script>',
          '<img src=x onerror=alert(1)>',
          '</pre>',
          '</style>',
          '</title>',
          '-->',
        ],
        ...[
          '<!--',
          ']]>',
          '"',
          "'",
          '` onload=alert(1) ',
          '&lt;',
          '&#x3c;',
          '&',
          '\r\n',
          '\n',
          '\0',
          '\ud800',
          '</svg>',
        ],
        ...[
          '<svg/onload=alert(1)>',
          '<iframe srcdoc="',
          'javascript:alert(1)',
          '{{x}}',
          '${x}',
          '\u202e',
          '$&',
          '$`',
        ],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

test('no text of a study becomes markup, and all of it is read', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      fc.pre(text !== '');
      const document = parsed(reportHtml(reportOf(text)));
      expect(shapeOf(document)).toEqual(shapeOf(ELEMENTS));
      const read = (selector: string): readonly (string | null)[] =>
        [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);
      const expected = shown(text);
      expect(read('h1')).toEqual([expected]);
      expect(read('h2').slice(0, 1)).toEqual([expected]);
      expect(read('main li')).toEqual([expected, expected]);
      expect(read('figcaption h3, main figure > p, svg text')).toEqual([expected, expected, expected]);
      expect(read('.claim strong, .claim span, .claim p:not(:has(*))')).toEqual(Array(4).fill(expected));
      expect(read('figure td')).toEqual([expected, '1']);
      expect(read('figure pre, #again ~ pre, #again ~ details pre')).toEqual([expected, expected, expected]);
      expect(read('td.code')).toEqual([expected, expected, expected]);
    }),
    { numRuns: 300 },
  );
});

test('nothing is run, loaded or sent: the policy says so, and no element asks for it', () => {
  const document = parsed(reportHtml(reportOf('plain')));
  const policy = document
    .querySelector('meta[http-equiv="Content-Security-Policy"]')
    ?.getAttribute('content');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('script-src');
  expect(document.querySelectorAll('script, link, iframe, img, form, object, embed')).toHaveLength(0);
  for (const one of document.querySelectorAll('[href]')) expect(one.getAttribute('href')).toMatch(/^#/);
  const order = [...(document.head?.children ?? [])].map(({ nodeName }) => nodeName);
  // Before any style: a policy rules what stands after it.
  expect(order.slice(0, 2)).toEqual(['META', 'META']);
});

test('what is missing is left out, and models without a fingerprint are said so', () => {
  const report = reportOf('x');
  const [part] = report.parts;
  if (!part) throw new Error('no part');
  const empty = { ...part, told: '', findings: [], figures: [], missing: '', works: [] };
  const model = { name: 'IN', folder: 'demo:in', fingerprint: null };
  const document = parsed(
    reportHtml({ ...report, cited: { ...report.cited, models: [model] }, parts: [empty], papers: [] }),
  );
  expect(document.querySelectorAll('figure, main li')).toHaveLength(0);
  expect([...document.querySelectorAll('td')].map(({ textContent }) => textContent)).toEqual([
    ...['IN', 'demo:in', '–'],
  ]);
});
