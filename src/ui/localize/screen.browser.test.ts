/** The screen with an engine that computes: what is drawn of a small swap and a small ablation is what transformers answers. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { openFolder } from '../../engine/folder.ts';
import type { ModelId } from '../../engine/subject.ts';
import { fetchGolden } from '../../engine/testing/fetch-golden.ts';
import type { Golden, GoldenAnswer, GoldenIntervention } from '../../engine/testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from '../../engine/testing/goldens.ts';
import type { Pair } from '../../probes/data/pair.ts';
import { wilson } from '../../statistics/wilson.ts';
import type { AppState } from '../app/app.svelte.ts';
import { engineOnPage, surroundings } from '../testing/engine-on-page.ts';
import { clearStage, stageAround } from '../testing/stage.ts';

const MODEL = 'untied-gqa2-f16';
const LAYERS = [0, 1, 2];
const main = page.getByRole('main');
let golden: Golden;
let picture: (name: string) => Promise<File>;

beforeEach(async () => {
  localStorage.clear();
  golden = await readGolden(fetchGolden, MODEL);
  picture = (await goldenImages(fetchGolden)).file;
});
afterEach(clearStage);

/** Localize with the golden checkpoint as RL, on the CPU. */
async function start(): Promise<AppState> {
  const app = await stageAround(engineOnPage(), surroundings());
  await app.family.place([{ name: 'x-rl', files: await goldenFolder(fetchGolden, MODEL) }]);
  app.choice.device = 'wasm';
  app.choice.dtype = 'f32';
  await app.family.loadAll();
  app.view.go('localize');
  return app;
}

function question(name: string): string {
  const content = golden.cases[name]?.messages[0]?.content ?? '';
  const parts = typeof content === 'string' ? [] : content;
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

type Wanted = { readonly [Field in keyof GoldenIntervention]?: GoldenIntervention[Field] | undefined };

function intervention(name: string, want: Wanted): GoldenAnswer {
  const found = golden.cases[name]?.interventions.find((one) =>
    Object.entries(want).every(([field, value]) => one[field as keyof GoldenIntervention] === value),
  );
  if (!found) throw new RangeError(`no golden of ${JSON.stringify(want)}`);
  return found;
}

/** The first tokens of an answer, none of which is near a tie. */
function begun(answer: GoldenAnswer | undefined, count: number): string {
  expect(answer?.compared).toBeGreaterThanOrEqual(count);
  return (answer?.tokens ?? []).slice(0, count).join();
}

/** Runs what is shown, and reads the chart's table: cells of each row, header first. */
async function drawn(title: string): Promise<readonly (readonly string[])[]> {
  const run = main.getByRole('button', { name: 'Run', exact: true });
  await expect.element(run).toBeEnabled();
  await userEvent.click(run);
  await expect.element(main.getByRole('button', { name: /^Save the results/ })).toBeVisible();
  const chart = main.getByRole('figure', { name: title });
  await userEvent.click(chart.getByRole('button', { name: 'Table' }));
  await expect.element(chart.getByRole('table')).toBeVisible();
  return [...chart.element().querySelectorAll('tr')].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => cell.textContent.trim()),
  );
}

/** Layer from 1, share in percent with Wilson's interval, as sentences have them, and n. */
function row(layer: number, count: number, n: number): readonly string[] {
  const { low, high } = wilson(count, n);
  const shares = [count / n, low, high].map((share) => String(Number((100 * share).toFixed(1))));
  return [String(layer + 1), ...shares, String(n)];
}

test.each([
  ['single', 'all', 'the image itself included (P1 Eq. 2).'],
  ['single', 'text', "for what comes after the image alone to read (VFL's teaser)."],
  ['from-layer', 'all', 'of all after it were swapped (the reference code, and P1 App. D.2.1).'],
] as const)('token swap, %s, read by %s', async (mode, reads, said) => {
  const [app, tokens] = [await start(), 2];
  const asked = [
    { name: 'square', source: 'wide-source' },
    // Read by text alone it comes near a tie.
    ...(reads === 'all' ? [{ name: 'square', source: 'square-source' }] : []),
    { name: 'wide', source: 'wide-source' },
  ];
  const pairs = await Promise.all(
    asked.map(async ({ name, source }): Promise<Pair> => {
      const [target, other] = await Promise.all([picture(name), picture(source)]);
      const answers = { targetAnswer: 'a', sourceAnswer: 'b' };
      return {
        id: `${name} ${source}`,
        task: 'ocr',
        prompt: question(name),
        target,
        source: other,
        ...answers,
      };
    }),
  );
  app.localize.sets.broughtPairs = {
    name: 'mine',
    pairs,
    literalImage: 'strip',
    literalImages: 0,
    notices: [],
  };
  app.localize.sets.pairSource = 'dropped';
  app.localize.store.restore({ mode, reads, maxNewTokens: tokens });
  const [, ...rows] = await drawn('Change rate per layer');
  await expect.element(main.getByRole('figure', { name: 'Change rate per layer' })).toHaveTextContent(said);
  const changed = LAYERS.map(
    (layer) =>
      asked.filter(({ name, source }) => {
        const read = { reads: reads === 'text' ? reads : undefined };
        const swapped = intervention(name, { kind: 'swap', mode, layer, source, ...read });
        return begun(swapped, tokens) !== begun(golden.cases[name]?.greedy, tokens);
      }).length,
  );
  expect(new Set(changed).size).toBe(reads === 'all' ? 2 : 1);
  expect(rows).toEqual(changed.map((count, layer) => row(layer, count, asked.length)));
});

test('zero ablation', async () => {
  const [app, tokens] = [await start(), 4];
  const files = await goldenFolder(fetchGolden, MODEL);
  const { tokenizer } = await openFolder(MODEL as ModelId, MODEL, files);
  const without = LAYERS.map((layer) => intervention('square', { kind: 'ablate', part: 'layer', layer }));
  // What is right of the first question is the plain answer, of the second the one without the first layer.
  const right = [golden.cases['square']?.greedy, without[0]];
  const image = await picture('square');
  const problems = right.map((answer, index) => ({
    ...{ id: `${index}`, question: question('square'), image },
    answer: tokenizer.decode((answer?.tokens ?? []).slice(0, tokens), { skipSpecial: true }),
  }));
  app.localize.sets.broughtQuestions = {
    name: 'mine',
    samples: {
      count: problems.length,
      at: (indices) => Promise.resolve(indices.flatMap((index) => problems[index] ?? [])),
      close: () => undefined,
    },
  };
  app.localize.sets.problemSource = 'dropped';
  app.localize.probe = 'ablate';
  app.localize.store.restore({ maxNewTokens: tokens });
  const [, ...rows] = await drawn('Error rate per ablated layer');
  const wrong = without.map(
    (answer) => right.filter((one) => begun(one, tokens) !== begun(answer, tokens)).length,
  );
  expect(wrong).toEqual([1, 2, 1]);
  // Beside each layer stands what is wrong without ablation: of both questions the second.
  const [, ...baseline] = row(0, 1, right.length);
  expect(rows).toEqual(wrong.map((count, layer) => [...row(layer, count, right.length), ...baseline]));
});
