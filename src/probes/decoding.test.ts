/** Whatever reads answers decodes them alike: as `generate` does where no repetition penalty is given (docs/method.md §15). */
import { beforeAll, expect, it } from 'vitest';
import type { OpenedCheckpoint } from '../engine/protocol/checkpoint.ts';
import { Engine } from '../engine/engine.ts';
import type { Golden } from '../engine/testing/goldens.ts';
import { goldenFolder, goldenImages, readGolden } from '../engine/testing/goldens.ts';
import { wasmBackend } from '../engine/testing/golden-model.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import type { ModelId } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { answerAll } from '../evaluation/answers/answer-all.ts';
import { planAsks } from '../evaluation/answers/ask.ts';
import { transferExperiments } from '../evaluation/experiment.ts';
import { PROMPT_STYLES } from '../evaluation/prompt-style.ts';
import { subjectVariant } from '../evaluation/variant.ts';
import { provenance } from '../identity/provenance.ts';
import type { ProbeEngine } from './probe-engine.ts';
import { respond } from './respond.ts';

const MODEL = 'untied-gqa4-f32' as ModelId;
const PENALTY = 1.3;
const NEW_TOKENS = 32;

let engine: Engine & ProbeEngine;
let golden: Golden;
let checkpoint: OpenedCheckpoint;
let question: string;

/** A folder whose generation_config.json asks for a penalty. */
beforeAll(async () => {
  const images = await goldenImages(readFromDisk);
  engine = new Engine({
    ...INLINE,
    decodeImage: images.decode,
    createBackend: () => Promise.resolve(wasmBackend()),
  });
  const files = await goldenFolder(readFromDisk, MODEL);
  const config = JSON.parse((await files.get('generation_config.json')?.text()) ?? '{}') as object;
  const asks = JSON.stringify({ ...config, repetition_penalty: PENALTY });
  files.set('generation_config.json', new File([asks], 'generation_config.json'));
  checkpoint = await engine.open(MODEL, MODEL, files);
  await engine.load('load', MODEL, { device: 'wasm', dtype: 'f32' }, () => undefined);
  golden = await readGolden(readFromDisk, MODEL);
  const content = golden.cases['text']?.messages[0]?.content ?? '';
  question =
    typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : '')).join('');
});

const textOf = (tokens: readonly number[]): string =>
  engine.folder(MODEL).tokenizer.decode(tokens, { skipSpecial: true });

it('a probe, an evaluation and generate have the likeliest tokens, whatever the folder asks for', async () => {
  const { greedy } = golden.cases['text'] ?? {};
  const clear = textOf(greedy?.tokens.slice(0, greedy.compared) ?? []);
  expect(clear.length).toBeGreaterThan(5);
  const subject = wholeModel(MODEL, checkpoint.layers);
  const ask = { subject, prompt: question, maxNewTokens: NEW_TOKENS };
  const probed = await respond(engine, ask, undefined);
  const generated = await engine.generate({ ...ask, job: 'generate' }, () => undefined);
  const model = { device: 'wasm', adapter: 'a', dtype: 'f32' } as const;
  const variant = await subjectVariant('m', subject, [{ checkpoint, model }]);
  const samples = { general: [], mathTargeted: [], textOnly: [{ id: '1', question, answer: '5' }] };
  const settings = {
    ...{ style: PROMPT_STYLES.demo, maxNewTokens: NEW_TOKENS, maxImagePixels: 1e6 },
    ...{ imageProcessing: 'transformers-5' as const, device: 'wasm', dtype: 'f32' },
  };
  const asks = await planAsks([variant], transferExperiments(samples), settings);
  const [evaluated] = (await answerAll(engine, asks, settings)).values();
  const said = [probed.text, generated.rows[0]?.text, evaluated?.text];
  expect(new Set(said).size).toBe(1);
  expect(said[0]?.startsWith(clear)).toBe(true);
});

it('where a penalty is given, the answer is that of transformers under it', async () => {
  const file = new TextDecoder().decode(await readFromDisk('expected/repetition.json'));
  const expected = (
    JSON.parse(file) as Record<
      string,
      Record<string, readonly { penalty: number; tokens: readonly number[]; compared: number }[]>
    >
  )[MODEL]?.['text']?.find(({ penalty }) => penalty === PENALTY);
  const sampling = { temperature: 0, seed: 0, repetitionPenalty: PENALTY };
  const { rows } = await engine.generate(
    {
      ...{ subject: wholeModel(MODEL, checkpoint.layers), prompt: question, maxNewTokens: NEW_TOKENS },
      ...{ job: 'generate', sampling },
    },
    () => undefined,
  );
  const compared = expected?.compared ?? 0;
  expect(compared).toBeGreaterThan(5);
  expect(rows[0]?.tokens.slice(0, compared)).toEqual(expected?.tokens.slice(0, compared));
  expect(rows[0]?.tokens).not.toEqual(golden.cases['text']?.greedy.tokens);
});

it('the record says what the folder asks for, where it asks', () => {
  expect(provenance(checkpoint)).toMatchObject({ askedRepetitionPenalty: PENALTY });
  expect(provenance({ ...checkpoint, repetitionPenalty: 1 })).not.toHaveProperty('askedRepetitionPenalty');
});
