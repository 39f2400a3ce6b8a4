/** A merge of the demo family, quantized on the page: previewed, asked, written to the browser's storage, and opened again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { openCheckpoint } from '../../checkpoint/checkpoint.ts';
import { type CheckpointFiles, readRange } from '../../checkpoint/byte-source.ts';
import { readableFolder } from '../../checkpoint/formats/open.ts';
import { agreementText } from '../../evaluation/quantization/agreement.ts';
import { quantizationReport } from '../../evaluation/quantization/report.ts';
import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import { openDonor } from '../../merge/plan/donor.ts';
import { planQuantization } from '../../merge/quantize/quantization-plan.ts';
import { quantized, QuantizedFolder } from '../../merge/quantize/quantized-folder.ts';
import { layerErrors, measureRounding } from '../../merge/quantize/rounding-errors.ts';
import { schemeOf } from '../../merge/quantize/scheme.ts';
import { parseBlocks } from '../../merge/recipe/blocks.ts';
import { demoFolder, readDemoProbes } from '../../probes/testing/demo-goldens.ts';
import type { AppState } from '../app/app.svelte.ts';
import { bytes as bytesText } from '../format/quantity.ts';
import { engineOnPage, surroundings } from '../testing/engine-on-page.ts';
import { clearStage, stageAround } from '../testing/stage.ts';

const FOLDERS = { IN: 'x-sft', RL: 'x-rl' };
const NAME = 'merge-IN-RL-RL-awq-int4';
const main = page.getByRole('main');
const button = (name: string | RegExp) => main.getByRole('button', { name });

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('showDirectoryPicker', () => navigator.storage.getDirectory());
});
afterEach(async () => {
  clearStage();
  vi.unstubAllGlobals();
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(NAME, { recursive: true }).catch(() => undefined);
});

const folderOf = async (name: string) => demoFolder(name, await readDemoProbes());

async function start(): Promise<AppState> {
  const app = await stageAround(engineOnPage(), surroundings());
  await app.family.place([
    { name: FOLDERS.IN, files: await folderOf('in') },
    { name: FOLDERS.RL, files: await folderOf('rl') },
  ]);
  app.choice.device = 'wasm';
  app.choice.dtype = 'f32';
  app.view.go('transfer');
  app.stitcher.setBlocks('IN:RL:RL');
  return app;
}

async function written(): Promise<Map<string, File>> {
  const root = await navigator.storage.getDirectory();
  const files = new Map<string, File>();
  for await (const handle of (await root.getDirectoryHandle(NAME)).values())
    files.set(handle.name, await (handle as FileSystemFileHandle).getFile());
  return files;
}

test('as AWQ: the error by layer, the answers, and the folder that the command would write', async () => {
  const app = await start();
  await userEvent.selectOptions(main.getByLabelText('Write as'), 'AWQ int4');
  await userEvent.selectOptions(main.getByLabelText('Group size'), '32');
  // What the command computes of the same donors.
  const scheme = schemeOf({ format: 'awq', group: '32' });
  const folders = new Map([
    ['IN', await folderOf('in')],
    ['RL', await folderOf('rl')],
  ]);
  const open = async ([name, files]: [string, CheckpointFiles]) =>
    [name, await openDonor(name, files, { folder: FOLDERS[name as 'IN' | 'RL'] })] as const;
  const donors = new Map(await Promise.all([...folders].map(open)));
  const plan = planMerge(parseBlocks('IN:RL:RL', ['IN', 'RL'], 12), donors);
  const quantization = planQuantization(plan, scheme);
  const errors = await measureRounding(quantization, folders, scheme);

  // Seven matrices in each of twelve layers; the head is the embeddings.
  await expect
    .element(main.getByText(/^AWQ, 4 bits in groups of 32:/))
    .toHaveTextContent(
      'AWQ, 4 bits in groups of 32: 84 matrices of attention and MLP rounded to nearest with a search for the scale, without data. ' +
        'Vision tower, projector, norms, biases and embeddings, and the head, stay bfloat16. ' +
        `${bytesText(plan.bytes)} become ${bytesText(quantization.bytes)}.`,
    );
  await expect
    .element(main.getByText(/^npm run/))
    .toHaveTextContent(
      'npm run -s headless -- quantize --in x-sft --rl x-rl --blocks IN:RL:RL --cuts 4,8 --format awq --group 32 ' +
        `--out ${NAME}`,
    );

  await userEvent.click(button('Preview the error'));
  const chart = main.getByRole('figure', { name: 'What rounding loses, by layer' });
  await userEvent.click(chart.getByRole('button', { name: 'Table' }));
  const rows = [...chart.element().querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('th, td')].slice(0, 2).map((cell) => cell.textContent.trim()),
  );
  expect(rows).toEqual(
    layerErrors(quantization, errors).map(({ layer, relative }) => [
      String(layer),
      String(Number((100 * relative).toFixed(1))),
    ]),
  );

  const list = [
    { id: 't1', question: 'What is 1 + 1?', answer: '2' },
    { id: 't2', question: 'What is 3 + 4?', answer: '7' },
  ];
  const text = list.map((line) => JSON.stringify(line)).join('\n');
  await app.evaluation.choice.bring([{ path: 'set/items.jsonl', file: new File([text], 'items.jsonl') }]);
  await userEvent.click(button(/^Compare answers on \d+ questions of each set/));
  await expect
    .element(main.getByText(/^KL .* over \d+ tokens of 2 answers; same first choice at/))
    .toBeVisible();
  const compared =
    app.stitcher.planned.kind === 'planned' &&
    app.stitcher.quantizing.previewOf(app.stitcher.planned.plan)?.compared;
  if (!compared) throw new Error('nothing was compared');
  await expect.element(main.getByText(agreementText(compared.records) as string)).toBeVisible();
  expect(compared.records.every(({ kl }) => kl.length > 0 && kl.every((one) => one > 0 && one < 1))).toBe(
    true,
  );
  // What was loaded for that alone is given back.
  expect(app.family.loaded).toEqual([]);

  await userEvent.click(button('Export folder'));
  await expect.element(main.getByText(/^\d+ files, .* written to/)).toBeVisible();
  const files = await written();
  const report = quantizationReport({ plan, quantization, scheme, errors, compared });
  const made = { ...(await quantized(plan, folders, scheme)), errors, report };
  const expected = new QuantizedFolder(new MergedFolder(plan, folders), made);
  expect([...files.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, source] of expected) {
    const bytes = new Uint8Array(await (files.get(name) as File).arrayBuffer());
    expect(bytes, name).toEqual(await readRange(source, 0, source.size, { file: name }));
  }
  const config = JSON.parse(await (files.get('config.json') as File).text()) as Record<string, unknown>;
  expect(config['quantization_config']).toMatchObject({ quant_method: 'awq', bits: 4, group_size: 32 });
  const opened = await openCheckpoint(await readableFolder(files));
  expect(opened.tensors.size).toBe(plan.tensors.length);
});
