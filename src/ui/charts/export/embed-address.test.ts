import fc from 'fast-check';
import { expect, test } from 'vitest';
import { embedAddress, embedCode, readEmbed } from './embed-address.ts';

const BASE = 'https://example.org/scope/index.html#localize?do=swap';

test('an address restores what it was made of, whatever the chart is called', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(
      fc.record({
        ...{ work: text, chart: text, study: fc.option(text) },
        theme: fc.constantFrom('light' as const, 'dark' as const, null),
      }),
      (embedded) => {
        const { search, pathname, hash } = new URL(embedAddress(BASE, embedded));
        expect([pathname, hash]).toEqual(['/scope/embed.html', '']);
        expect(readEmbed(search)).toEqual(embedded);
      },
    ),
  );
  expect(readEmbed('?theme=neon')).toEqual({ work: '', chart: '', theme: null, study: null });
});

test('the code of a frame is one element, whatever the chart is called', () => {
  const code = embedCode(BASE, { work: 'ab', chart: 'A "b" <c> & d', theme: 'dark', study: null });
  expect(code).toBe(
    '<iframe src="https://example.org/scope/embed.html?work=ab&amp;chart=A+%22b%22+%3Cc%3E+%26+d&amp;theme=dark" title="A &quot;b&quot; <c> &amp; d" width="960" height="620" style="border: 0; max-width: 100%" loading="lazy"></iframe>',
  );
});
