import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../scripts/paths.mjs';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { headless } from './fixtures/headless.ts';
import { expect, test, withoutCarried } from './page.ts';

/** Lists of questions as others write them (`tools/goldens/lists.py`), by page and by command. */
const LISTS = join(ROOT, 'src', 'probes', 'data', 'testing', 'lists');
const WASM = ['--device', 'wasm', '--quiet', '--max-new-tokens', '2'];

const folder = temporaryFolder();
test.afterAll(() => folder.dispose());

interface Expected {
  readonly question: string;
  readonly answer: string;
}
const expected = JSON.parse(readFileSync(join(LISTS, 'expected.json'), 'utf8')) as Record<string, Expected[]>;

test('the page reads every codec of Parquet and tables with pictures within', async ({ page }) => {
  await withoutCarried(page);
  const app = new AppPage(page);
  await app.start();
  await page.evaluate(() => (location.hash = '#localize'));
  const main = page.getByRole('main');
  await main.getByRole('group', { name: 'Probe' }).getByText('Ablation', { exact: true }).click();
  const questions = main.getByRole('group', { name: 'Questions' });
  await questions.getByText('a list', { exact: true }).click();
  const codecs = ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'].map((codec) => `codec-${codec}.parquet`);
  for (const name of [...codecs, 'easyr1.parquet', 'verl.parquet', 'mmmu.parquet', 'vlmevalkit.tsv']) {
    await main.locator('input[data-role="files"]').setInputFiles(join(LISTS, name));
    await expect(questions.getByText(name, { exact: true })).toBeVisible();
    await expect(main.getByRole('alert')).toHaveCount(0);
  }
});

test('ablation asks what a list holds, pictures beside it too', async () => {
  for (const name of ['duckdb.parquet', 'pandas.jsonl', 'easyr1.parquet']) {
    const out = join(folder.path, name);
    const words = ['ablate', '--model', 'demo:in', '--problems', join(LISTS, name), '--layers', '0', ...WASM];
    const { code, stderr } = await headless([...words, '--out', out]);
    expect(code, stderr).toBe(0);
    const lines = readFileSync(join(out, 'baseline', name.replace(/\.\w+$/, '.jsonl')), 'utf8').trimEnd();
    const asked = lines.split('\n').map((line) => {
      const { question, gold_answer: answer } = JSON.parse(line) as { question: string; gold_answer: string };
      return { question, answer };
    });
    expect(asked).toEqual((expected[name] ?? []).map(({ question, answer }) => ({ question, answer })));
  }
});

test('attention has the pictures of a table, however its columns are named', async () => {
  const list = join(folder.path, 'renamed.tsv');
  const text = readFileSync(join(LISTS, 'vlmevalkit.tsv'), 'utf8');
  const renamed = text.replace('index\timage\tquestion', 'index\tphoto\tfrage');
  expect(renamed).not.toBe(text);
  writeFileSync(list, renamed);
  const words = ['attention', '--in', 'demo:in', '--rl', 'demo:rl', '--items', list, ...WASM];
  const refused = await headless([...words, '--out', join(folder.path, 'a.json')]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(
    /^MissingField: 4 of 4 rows have no question \(looked for: question, problem, prompt\); columns: index, photo, frage, .*--columns/,
  );
  const columns = ['--columns', 'question=frage,image=photo'];
  const { code, stderr } = await headless([...words, ...columns, '--out', join(folder.path, 'b.json')]);
  expect(code, stderr).toBe(0);
  const { metadata } = JSON.parse(readFileSync(join(folder.path, 'b.json'), 'utf8')) as {
    metadata: { n: number };
  };
  expect(metadata.n).toBe(4);
});

test('transfer says how many questions of which kind it read, and what they lack', async () => {
  const words = ['transfer', '--in', 'demo:in', '--rl', 'demo:rl', '--items', join(LISTS, 'verl.parquet')];
  const { code, stderr } = await headless([...words, ...WASM, '--out', join(folder.path, 'none')]);
  expect(code).toBe(2);
  expect(stderr).toContain(
    'NoProblems: 2 questions, 0 without a picture and 2 with: 0 of category general-vqa, 0 of math-targeted-vqa, 2 others (2 without a category, 0 with a description)',
  );
});
