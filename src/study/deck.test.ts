import * as v from 'valibot';
import { expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { DECK, type Deck } from './deck.ts';
import { defaultDeck, sentenceOf } from './default-deck.ts';
import { Journals } from './journal/journals.ts';
import { readStudyFile } from './study-file.ts';
import { STUDY_RESULT, type StudyResult } from './study-result.ts';

const carried = new URL('../../public/study/demo.frankenscope', import.meta.url);
const read = async () => readStudyFile(new Uint8Array(await readFile(carried)), 'demo.frankenscope');

/** The study with its deck, written to a file and read from it. */
async function through(study: unknown) {
  const { storage } = await read();
  const pieces: Uint8Array[] = [];
  for await (const piece of new Journals(storage).study(study as StudyResult)) pieces.push(piece);
  return readStudyFile(new Uint8Array(Buffer.concat(pieces)), 'x.frankenscope');
}

test('the demo study makes a talk: a title, a finding of each analysis in order, two live slides, and where it comes from', async () => {
  const { study } = await read();
  const { slides } = defaultDeck(study);
  const told = slides.filter(({ out }) => !out);
  expect(
    told.map(({ shows }) =>
      shows.kind === 'finding'
        ? `${shows.analysis} ${shows.finding}`
        : shows.kind === 'live'
          ? shows.what
          : shows.kind,
    ),
  ).toEqual([
    ...['opening', 'energy 0', 'diversity 0', 'swap 0', 'ablate 1', 'ablate', 'attention 0', 'lens 0'],
    ...['merge', 'provenance'],
  ]);
  // Every finding is in it, and every work that it names is one of the study.
  const findings = study.analyses.flatMap(({ name, findings, works: [work] }) =>
    findings.map((_, finding) => ({ kind: 'finding', analysis: name, key: work?.key, chart: null, finding })),
  );
  expect(slides.map(({ shows }) => shows).filter(({ kind }) => kind === 'finding')).toEqual(findings);
  expect(slides.find(({ notes }) => notes)?.notes).toMatch(/^Mean over Early 3\.0 %.*7 stayed\.$/);
});

test('a study of one model without findings has its charts, and no merge', async () => {
  const { study } = await read();
  const [, , swap] = study.analyses;
  const deck = defaultDeck({ ...study, analyses: [{ ...swap, findings: [] } as StudyResult['analyses'][0]] });
  expect(deck.slides.map(({ shows }) => shows.kind)).toEqual(['opening', 'finding', 'provenance']);
  expect(deck.slides[1]?.shows).toMatchObject({ finding: null });
  // However much a study found, its deck is one that is read again.
  const most = { ...study, analyses: Array.from({ length: 300 }, () => study.analyses[2]) } as StudyResult;
  expect(v.is(DECK, defaultDeck(most))).toBe(true);
  expect(defaultDeck(most).slides.at(-1)?.shows.kind).toBe('provenance');
});

test('a finding is said by its first sentence: brackets and abbreviations of units end none', () => {
  const { said, more } = sentenceOf(
    'At layer 11: 72 % (Wilson 95 %: 52.4 % to 85.7 %, n = 25). Mean 3 %. 7 stayed.',
  );
  expect([said, more]).toEqual([
    'At layer 11: 72 % (Wilson 95 %: 52.4 % to 85.7 %, n = 25).',
    'Mean 3 %. 7 stayed.',
  ]);
  expect(sentenceOf('')).toEqual({ said: '', more: '' });
});

test('a deck travels in the file of its study; files without one are read as before', async () => {
  const { study } = await read();
  expect(study.deck).toBeUndefined();
  const deck: Deck = {
    slides: defaultDeck(study).slides.map((slide, at) => ({
      ...slide,
      title: '<img src=x onerror=alert(1)>',
      notes: `</script>${at}`,
    })),
  };
  expect((await through({ ...study, deck })).study.deck).toEqual(deck);
});

test('what is no deck, or too large for one, is refused with its file', async () => {
  const { study } = await read();
  const { slides } = defaultDeck(study);
  const [slide] = slides;
  const wrong: readonly unknown[] = [
    ...[null, [], 'deck', {}, { slides: {} }, { slides: [null] }],
    { slides: [{ ...slide, title: 'x'.repeat(301) }] },
    { slides: [{ ...slide, notes: 'x'.repeat(5001) }] },
    { slides: [{ ...slide, out: 'no' }] },
    { slides: [{ ...slide, shows: { kind: 'script', source: 'alert(1)' } }] },
    { slides: [{ ...slide, shows: { kind: 'live', what: 'eval' } }] },
    { slides: [{ ...slide, shows: { ...slides[1]?.shows, key: '../../etc/passwd' } }] },
    { slides: [{ ...slide, shows: { ...slides[1]?.shows, finding: 0.5 } }] },
    { slides: Array.from({ length: 201 }, () => slide) },
  ];
  for (const deck of wrong) {
    expect(v.is(STUDY_RESULT, { ...study, deck })).toBe(false);
    await expect(through({ ...study, deck })).rejects.toMatchObject({ name: 'NotAStudy' });
  }
  expect(v.is(STUDY_RESULT, { ...study, deck: { slides: [] } })).toBe(true);
});
