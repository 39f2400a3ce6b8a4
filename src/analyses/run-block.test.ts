import { expect, test } from 'vitest';
import { jsonFile } from './result-file.ts';
import { withRun } from './run-block.ts';

const run = { seconds: 2, computed: 1, kept: 0, device: 'wasm' } as const;

test('a file says how it was made where it says what it is of, and nowhere else', () => {
  const own = jsonFile('a.json', { tasks: [{ frankenscope: { n: 1 } }], frankenscope: { n: 2 } });
  expect(JSON.parse(withRun(own, run).text)).toEqual({
    tasks: [{ frankenscope: { n: 1 } }],
    frankenscope: { n: 2, run },
  });
  const below = jsonFile('a.json', { metadata: { n: 1, frankenscope: { of: 3 } } });
  expect(JSON.parse(withRun(below, run).text)).toEqual({ metadata: { n: 1, frankenscope: { of: 3, run } } });
  const ours = jsonFile('logit_lens.json', { metadata: { n: 1 }, models: [] });
  expect(JSON.parse(withRun(ours, run).text)).toEqual({
    ...{ metadata: { n: 1 }, models: [] },
    frankenscope: { run },
  });
  const others = [
    jsonFile('paper_metrics.json', { IN: 1 }),
    jsonFile('variant/summary.json', { frankenscope: {} }),
    { path: 'records.jsonl', text: '{"frankenscope":{}}\n{"frankenscope":{}}\n' },
    jsonFile('list.json', [1]),
  ];
  for (const file of others) expect(withRun(file, run)).toBe(file);
  expect(withRun(own, null)).toBe(own);
});

test('the rest of a file stays as it was, byte for byte', () => {
  const values = {
    2: 'b',
    1: 'a',
    x: [0.1, -0, 1e21, 5e-324, 'é\u2028"'],
    frankenscope: { deep: { n: null } },
  };
  const file = jsonFile('a.json', values);
  const { text } = withRun(file, run);
  expect(text.replace(`,"run":${JSON.stringify(run)}`, '')).toBe(file.text);
});

test('an indented file stays indented', () => {
  const text = JSON.stringify({ frankenscope: { n: 1 }, rows: [{ a: [] }] }, null, 2);
  const said = withRun({ path: 'frankenscope.json', text }, run).text;
  expect(said).toBe(JSON.stringify({ frankenscope: { n: 1, run }, rows: [{ a: [] }] }, null, 2));
});
