import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { Journals } from '../study/journal/journals.ts';
import type { ShownPart } from '../study/shown/part.ts';
import { readStudyFile } from '../study/study-file.ts';
import { studyEvidence, type WorkOfStudy } from './study-evidence.ts';

let journals: Journals;
let works: readonly WorkOfStudy[];
beforeAll(async () => {
  const bytes = new Uint8Array(await readFile('public/study/demo.frankenscope'));
  journals = new Journals((await readStudyFile(bytes, 'demo.frankenscope')).storage);
  works = (await journals.shown()).map(({ part, ...work }) => ({ ...work, ...(part as ShownPart) }));
});

const workOf = (analysis: string): WorkOfStudy => {
  const found = works.find((one) => one.analysis === analysis);
  if (!found) throw new Error(`no ${analysis} is carried`);
  return found;
};
const counts = (evidence: Awaited<ReturnType<typeof studyEvidence>>['evidence']) =>
  Object.entries(evidence).flatMap(([name, list]) => (list.length > 0 ? [name] : []));

test('records are found by analysis, with their models and layers; those of other analyses decide nothing', async () => {
  const { evidence, unread } = await studyEvidence(journals, works);
  expect(counts(evidence)).toEqual(['energy', 'diversity', 'swap', 'ablate', 'attention']);
  expect(unread).toEqual([]);
  expect(evidence.swap[0]).toMatchObject({ models: ['RL'], layers: 12, values: { mode: 'single' } });
  expect(evidence.swap[0]?.records).toHaveLength(100);
  expect(evidence.attention[0]?.models).toEqual(['Base', 'IN', 'RL']);
});

test('evidence does not depend on the order in which records came', async () => {
  const { evidence } = await studyEvidence(journals, [workOf('attention')]);
  const ids = evidence.attention[0]?.records.map(({ id }) => id) ?? [];
  const keys = [...(await journals.records(workOf('attention').key)).keys()];
  expect(ids).toEqual(keys.sort());
});

test('what another version kept, or a hand wrote, is named and never guessed at', async () => {
  const [swap, energy] = [workOf('swap'), workOf('energy')];
  const strange = [
    { ...swap, given: null, title: 'of another version' },
    { ...energy, given: { body: 1 }, title: 'of no comparison' },
    { ...swap, kind: 'attention', title: 'of another kind' },
    { ...swap, key: '0'.repeat(32), title: 'without a journal' },
    { ...workOf('attention'), analysis: 'swap', title: 'of another analysis' },
  ];
  const { evidence, unread } = await studyEvidence(journals, strange);
  expect(counts(evidence)).toEqual([]);
  expect(unread).toEqual(strange.map(({ title }) => title));
});

test('a setting that no form could have is taken for what a command has where nothing was said', async () => {
  const { given, ...swap } = workOf('swap');
  const values = { definition: 7, mode: ['single'], toString: 'x', reads: 'text' };
  const work = { ...swap, given: { ...(given as object), values } as WorkOfStudy['given'] };
  const { evidence } = await studyEvidence(journals, [work]);
  expect(evidence.swap[0]?.values).toMatchObject({ definition: 'paper', mode: 'single', reads: 'text' });
  expect(Object.keys(evidence.swap[0]?.values ?? {})).not.toContain('toString');
});
