/** What the start page shows of the carried study is what the study holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as v from 'valibot';
import { gzipSync } from 'node:zlib';
import { analysis } from '../../src/analyses/attention/analysis.ts';
import { words } from '../../src/analyses/attention/words.mjs';
import { attentionDifference } from '../../src/probes/attention/difference.ts';
import { attentionByLayer } from '../../src/probes/attention/layer-means.ts';
import type { AttentionRecord } from '../../src/probes/attention/shift.ts';
import { Journals } from '../../src/study/journal/journals.ts';
import { readStudyFile } from '../../src/study/study-file.ts';
import { ROOT } from '../paths.mjs';
import { findingOf } from './carried-finding.mjs';

const packed = new Uint8Array(readFileSync(join(ROOT, 'public/study/demo.frankenscope')));
const LARGEST_BYTES = 20_000;

test('it is the same work, and its records give the same intervals and the same sentence, to the last bit', async () => {
  const text = findingOf(packed);
  const found = JSON.parse(text) as {
    readonly work: { readonly key: string };
    readonly origin: object;
    readonly records: readonly AttentionRecord[];
  };
  const journals = new Journals((await readStudyFile(packed, 'demo.frankenscope')).storage);
  const work = (await journals.shown()).find((one) => one.analysis === 'attention');
  expect(found.work).toEqual(work);
  expect(found.origin).toEqual(await journals.origin(found.work.key));
  const whole = [...(await journals.records(found.work.key)).values()] as AttentionRecord[];
  expect(v.is(v.array(analysis.shape), found.records)).toBe(true);
  const [before = '', after = ''] = attentionByLayer(whole)
    .map(({ name }) => name)
    .slice(-2);
  expect(attentionDifference(found.records, before, after)).toEqual(
    attentionDifference(whole, before, after),
  );
  const said = (records: readonly AttentionRecord[]) => {
    const [from, to] = attentionByLayer(records).slice(-2);
    return from && to && words.findings.shift([from, to], attentionDifference(records, before, after));
  };
  expect(said(found.records)).toBe(said(whole));
  expect(said(whole)).toContain('95 %');
  expect(gzipSync(text).length).toBeLessThan(LARGEST_BYTES);
});
