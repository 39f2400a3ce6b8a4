/** Claims say the same in every language: verdicts, works and numbers are those of the English sentences. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { Journals } from '../study/journal/journals.ts';
import { readStudyFile } from '../study/study-file.ts';
import type { ShownPart } from '../study/shown/part.ts';
import { CLAIMS, claimsIn, judgeAll } from './claims.ts';
import { type Evidence, NO_EVIDENCE } from './evidence.ts';
import { studyEvidence } from './study-evidence.ts';
import { madeAnswers, madeAttention, madeEnergy, madeSwap } from './testing/made.ts';
import { words as chinese } from './words.zh.ts';

const LAYERS = 9;
const of = <T>(n: number, value: (at: number) => T): readonly T[] =>
  Array.from({ length: n }, (_, at) => value(at));

let carried: Evidence;
beforeAll(async () => {
  const bytes = new Uint8Array(await readFile('public/study/demo.frankenscope'));
  const journals = new Journals((await readStudyFile(bytes, 'demo.frankenscope')).storage);
  const works = (await journals.shown()).map(({ part, ...work }) => ({ ...work, ...(part as ShownPart) }));
  ({ evidence: carried } = await studyEvidence(journals, works));
});

const alike = of(20, () => ({ before: of(LAYERS, () => 0.2), after: of(LAYERS, () => 0.3) }));
const answers = (n: number) =>
  madeAnswers('gap', [{ variant: 'RL', a: of(n, (at) => at % 3 === 0), b: of(n, () => true) }]);

test.each<readonly [string, () => Partial<Evidence>]>([
  ['nothing', () => ({})],
  ['the carried study', () => carried],
  [
    'few pairs, a spread of nothing, and puzzles',
    () => ({
      ...madeSwap(
        'ocr',
        of(3, () => of(LAYERS, (layer) => layer > 5)),
      ),
      ...madeAttention(alike),
      ...madeEnergy([1, 1], [1, 1]),
      gap: [{ graded: answers(60) }],
    }),
  ],
  [
    'few puzzles, and rounding',
    () => ({
      ...madeEnergy(
        of(LAYERS, () => 0.4),
        of(LAYERS, () => 0.01),
        { floors: of(LAYERS, () => 0.0098) },
      ),
      gap: [{ graded: answers(2) }],
    }),
  ],
])('of %s', async (_, evidence) => {
  const given = { ...NO_EVIDENCE, ...evidence() };
  const [english, other] = await Promise.all([
    judgeAll(given),
    judgeAll(given, undefined, claimsIn(chinese)),
  ]);
  const numbers = (text: string) => (text.match(/\d+(?:\.\d+)?/g) ?? []).sort();
  for (const [at, { claim, verdict, works, sentence }] of english.entries()) {
    expect(other[at]).toMatchObject({ verdict, works, claim: { id: claim.id, paper: claim.paper } });
    expect(numbers(other[at]?.sentence ?? ''), claim.id).toEqual(numbers(sentence));
    expect(other[at]?.sentence).toMatch(/[。]$/);
  }
});

test('what a claim says is in the language that is asked for, and names are the same', () => {
  for (const [at, claim] of claimsIn(chinese).entries()) {
    const english = CLAIMS[at];
    expect(claim.id).toBe(english?.id);
    for (const field of ['says', 'needs', 'rule'] as const) {
      expect(claim[field], `${claim.id}: ${field}`).toMatch(/\p{Script=Han}.*。$/u);
      expect(english?.[field]).not.toMatch(/\p{Script=Han}/u);
    }
    expect(claim.note === undefined).toBe(english?.note === undefined);
  }
});
