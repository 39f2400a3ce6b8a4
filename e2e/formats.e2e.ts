/** Every stored format, as a folder: on the page and by command. */
import type { FroNormFile } from '../src/spectra/results/fro-norm.ts';
import { AppPage } from './app.ts';
import { temporaryFolder } from './fixtures/folders.ts';
import { goldenText } from './fixtures/goldens.ts';
import { HeadlessSession } from './fixtures/headless-session.ts';
import { type StoredFolder, storedFolders } from './fixtures/stored-folders.ts';
import { expect, test } from './page.ts';

/** What the app says of each. */
const FORMATS: Readonly<Record<string, string>> = {
  gptq: 'GPTQ, 4 bits in groups of 32',
  awq: 'AWQ, 4 bits in groups of 8',
  'compressed-tensors': 'compressed-tensors, 4 and 5 and 8 bits in groups of 16',
  'fp8-channel': 'FP8 (E4M3, a scale for each row)',
  int8: 'bitsandbytes, LLM.int8',
  'nf4-double': 'bitsandbytes, NF4 in blocks of 64, twice quantized',
  nvfp4: 'NVFP4',
  'fp8-weight-scale-inv': 'FP8 (E4M3, a scale for each block of 128 × 128)',
  gguf: 'GGUF, Q8_0, Q4_0, BF16, Q4_1 and Q5_0; vision in F16 and Q8_0',
  'gguf-256': 'GGUF, Q6_K, IQ4_NL, IQ4_XS, MXFP4, Q3_K, Q2_K, Q5_K and Q4_K; vision in F32',
  'onnx-q4f16': 'ONNX: language model in 4 bits in blocks of 32, embedding in float16, vision in 8 bits',
  'onnx-q4': 'ONNX: language model in 4 bits in blocks of 16, embedding in 8 bits, vision in 8 bits',
  'onnx-quantized': 'ONNX: language model in 8 bits, embedding in 8 bits, vision in 8 bits',
  lora: 'rsLoRA adapter of untied-gqa4-f32, ranks 2 to 5',
};
/** As far as all are clear of a tie. */
const TOKENS = 12;

test.setTimeout(600_000);

const folder = temporaryFolder();
let models: readonly StoredFolder[];
test.beforeAll(async () => {
  models = await storedFolders(folder.path);
});
test.afterAll(() => folder.dispose());

test('dropped on the page, each says what it is, and answers as transformers does', async ({ page }) => {
  const app = new AppPage(page);
  for (const { name, adapter, plain, folder: place, prompt, image, tokens } of models)
    await test.step(name, async () => {
      // Pictures and answers of the one before are gone with it.
      await app.start();
      if (adapter && plain !== null) await app.choose('Base', plain);
      const slot = adapter ? 'IN' : 'Base';
      await app.drop(place);
      await expect(app.slot(slot)).toContainText(FORMATS[name] ?? 'a format with a label');
      await app.setLoading('WASM', 'f32');
      await app.load(slot);
      await app.try(slot, TOKENS);
      if (image !== null) await app.attach(image);
      await app.ask(prompt);
      expect(await app.answers(), name).toEqual([goldenText({ tokens: tokens.slice(0, TOKENS) })]);
      await page.keyboard.press('Escape');
      await app
        .slot(slot)
        .getByRole('button', { name: `Close ${slot}` })
        .click();
    });
});

test('by command, each opens, generates, and has energy against its plain twin', async ({ page }) => {
  const session = new HeadlessSession(page, folder.path);
  for (const { name, adapter, plain, folder: place, prompt, image, tokens } of models)
    await test.step(name, async () => {
      const given = adapter && plain !== null ? ['--model', plain, '--lora', place] : ['--model', place];
      const asked = ['--prompt', prompt, ...(image === null ? [] : ['--image', image])];
      const answer = await session.run<{ tokens: number[] }>(
        ...(['generate', ...given, ...asked, '--max-new-tokens', String(TOKENS)] as const),
        ...(['--device', 'wasm', '--dtype', 'f32'] as const),
      );
      expect(answer.tokens, name).toEqual(tokens.slice(0, TOKENS));
      // Values of its own are merged with nothing: the same, rounded to bfloat16.
      const twin = plain ?? (await session.write(`${name}-plain`, 'merge', '--in', place, '--blocks', 'IN'));
      const { frankenscope, layers } = await session.run<FroNormFile>(
        ...(['energy', '--in', twin, '--rl', place] as const),
      );
      expect(frankenscope?.formats).toEqual({ rl: FORMATS[name] });
      const changed = layers.filter(({ rl }) => (rl?.fro_norm ?? 0) > 0);
      expect(changed.length, name).toBeGreaterThan(0);
      // An adapter is added and rounds nothing.
      const floors = layers.filter((layer) => layer.frankenscope?.rounding_floor !== undefined);
      expect(floors.length > 0, name).toBe(!adapter);
    });
  await session.close();
});
