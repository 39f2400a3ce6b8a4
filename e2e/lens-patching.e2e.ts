import { ANSWERED, choose, openDemo, pickFirst, saved, set, tableOf } from './demo-page.ts';
import { expect, test } from './page.ts';

const LAYERS = 12;
/** The embedding, and after each layer. */
const DEPTHS = LAYERS + 1;

interface LensFile {
  readonly models: readonly {
    readonly name: string;
    readonly n: number;
    readonly without: number;
    readonly depths: readonly {
      readonly depth: number;
      readonly readable: number;
      readonly median_rank: number;
    }[];
  }[];
  readonly samples: readonly {
    readonly model: string;
    readonly full_response: string;
    readonly answer_token: string | null;
    readonly depths: readonly { readonly top: string; readonly probability: number; readonly rank: number }[];
  }[];
}

interface PatchFile {
  readonly asked: number;
  readonly differing: number;
  readonly depths: readonly {
    readonly depth: number;
    readonly n: number;
    readonly as_donor: number;
    readonly as_recipient: number;
  }[];
  readonly answers: readonly {
    readonly id: string;
    readonly run: number | 'donor' | 'recipient';
    readonly full_response: string;
  }[];
}

test.setTimeout(900_000);

test('the logit lens fills its charts, shows the samples behind a point, and is saved', async ({ page }) => {
  await openDemo(page, 'localize');
  const main = page.getByRole('main');
  await choose(main, 'Logit lens');
  await set(main, 'Samples', 2);
  await expect(main).toContainText('2 samples · 6 answers');
  await main.getByRole('button', { name: 'Run', exact: true }).click();
  const save = main.getByRole('button', { name: 'Save the results of 2 samples' });
  await expect(save).toBeVisible(ANSWERED);

  const { name, contents } = await saved<LensFile>(page, save);
  expect(name).toBe('logit_lens.json');
  expect(contents.models.map((model) => model.name)).toEqual(['Base', 'IN', 'RL']);
  expect(contents.samples).toHaveLength(6);
  for (const { n, without, depths, name: model } of contents.models) {
    expect(n + without).toBe(2);
    const own = contents.samples.filter((sample) => sample.model === model && sample.answer_token !== null);
    expect(own).toHaveLength(n);
    expect(depths.map(({ depth }) => depth)).toEqual(own.length === 0 ? [] : [...Array(DEPTHS).keys()]);
    for (const { depth, readable } of depths) {
      const first = own.filter((sample) => sample.depths[depth]?.rank === 1).length;
      expect(readable).toBeCloseTo(first / n, 12);
    }
    // The lens after the last layer is the model itself, which said this token.
    expect(own.map(({ depths: all }) => all.at(-1)?.rank)).toEqual(own.map(() => 1));
  }

  const table = await tableOf(main.getByRole('figure', { name: 'Rank of the answer' }));
  expect(table).toHaveLength(1 + LAYERS);
  for (const { name: model, depths } of contents.models.filter(({ n }) => n > 0)) {
    const column = (table[0] ?? []).indexOf(`${model}, median rank`);
    expect(column, model).toBeGreaterThan(0);
    for (const { depth, median_rank } of depths.slice(1))
      expect(Number(table[depth]?.[column])).toBeCloseTo(Number(median_rank.toPrecision(4)), 9);
  }

  await pickFirst(page, main.getByRole('figure', { name: 'Where the answer can be read' }));
  const samples = main.getByRole('region', { name: 'Samples' });
  await expect(samples.getByRole('heading')).toContainText(/after layer \d+: \d of [12] readable/);
  await expect(samples.getByRole('columnheader', { name: 'most likely here' })).toBeVisible();
  await expect(samples.getByRole('img', { name: 'image asked about' }).first()).toBeVisible();
});

test('patching says whose answer comes out after every layer, and is saved', async ({ page }) => {
  await openDemo(page, 'localize');
  const main = page.getByRole('main');
  await choose(main, 'Patching');
  await set(main, 'Samples', 6);
  // Two models as they are, and one run for each depth.
  const answers = 6 * (2 + DEPTHS);
  await expect(main).toContainText(`6 samples · ${answers} answers`);
  await main.getByRole('button', { name: 'Run', exact: true }).click();
  const save = main.getByRole('button', { name: `Save the results of ${answers} answers` });
  await expect(save).toBeVisible(ANSWERED);

  const { name, contents } = await saved<PatchFile>(page, save);
  expect(name).toBe('patching.json');
  expect(contents).toMatchObject({ asked: 6, metadata: { recipient: {}, donor: {} } });
  expect(contents.answers).toHaveLength(answers);
  const said = (run: PatchFile['answers'][number]['run']) =>
    contents.answers
      .filter((answer) => answer.run === run)
      .map(({ id, full_response }) => `${id} ${full_response}`)
      .sort();
  expect(said('recipient')).toHaveLength(6);
  expect(said('donor')).toHaveLength(6);
  expect(contents.depths.map(({ depth }) => depth)).toEqual([...Array(DEPTHS).keys()]);
  for (const { n, as_donor, as_recipient } of contents.depths) {
    expect(n).toBe(contents.differing);
    expect(as_donor + as_recipient).toBeLessThanOrEqual(n);
  }

  const found = main.getByRole('region', { name: 'What was found' });
  // A family may answer six questions alike: then there is nothing to draw, and the page says so.
  if (contents.differing === 0) {
    await expect(found).toContainText('RL and IN answer all 6 questions alike');
    return;
  }
  await expect(found).toContainText(`RL and IN differ on ${contents.differing} of 6 questions.`);
  const chart = main.getByRole('figure', { name: 'Whose answer comes out' });
  const table = await tableOf(chart);
  expect(table).toHaveLength(1 + LAYERS);
  const column = (table[0] ?? []).indexOf('as RL, n');
  expect(table.slice(1).map((row) => row[column])).toEqual(Array(LAYERS).fill(String(contents.differing)));
  await pickFirst(page, chart);
  const samples = main.getByRole('region', { name: 'Samples' });
  await expect(samples.getByRole('heading')).toContainText(
    new RegExp(`Layers 1 to \\d+ of RL: \\d+ of ${contents.differing} answered as`),
  );
});
