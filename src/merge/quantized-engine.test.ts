/** Quantized folders that nobody wrote, in the engine: transformers' answers with the values that other libraries read of them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readableFolder } from '../checkpoint/formats/open.ts';
import { Engine } from '../engine/engine.ts';
import type { ModelId } from '../engine/subject.ts';
import { wholeModel } from '../engine/subject.ts';
import { wasmBackend } from '../engine/testing/golden-model.ts';
import { INLINE } from '../engine/testing/inline-surroundings.ts';
import { agreementOf, quantizationAgreement } from '../evaluation/quantization/agreement.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import { planMerge } from './plan/plan.ts';
import { quantized, QuantizedFolder } from './quantize/quantized-folder.ts';
import { parseBlocks } from './recipe/blocks.ts';
import type { OpenDonors } from './testing/donors.ts';
import { blocksOf, demoDonors, quantizedExports, schemeOf } from './testing/quantized-exports.ts';

const LAYERS = 12;
const EXPORTS = Object.entries(quantizedExports());

let open: OpenDonors;
let engine: Engine;

beforeAll(async () => {
  open = await demoDonors();
  const createBackend = () => Promise.resolve(wasmBackend());
  const decodeImage = () => Promise.reject(new Error('no picture is asked about'));
  engine = new Engine({ ...INLINE, decodeImage, createBackend });
});

async function load(id: ModelId, flags: readonly string[] | null): Promise<void> {
  const plan = planMerge(parseBlocks(blocksOf(flags ?? []), ['IN', 'RL'], LAYERS), open.donors);
  const merged = new MergedFolder(plan, open.folders);
  const made = flags && (await quantized(plan, open.folders, schemeOf(flags)));
  await engine.open(id, id, made ? await readableFolder(new QuantizedFolder(merged, made)) : merged);
  await engine.load(`load ${id}`, id, { device: 'wasm', dtype: 'f32' }, () => undefined);
}

describe('a quantized folder', () => {
  it.each(EXPORTS)('%s: answers as transformers does', async (label, { flags, answers }) => {
    const id = label as ModelId;
    await load(id, flags);
    expect(answers.length).toBeGreaterThan(0);
    for (const { question, tokens, compared } of answers) {
      const { rows } = await engine.generate(
        { job: label, subject: wholeModel(id, LAYERS), prompt: question, images: [], maxNewTokens: 32 },
        () => undefined,
      );
      expect(rows[0]?.tokens.slice(0, compared), question).toEqual(tokens.slice(0, compared));
    }
    await engine.close(id);
  });
});

describe('the comparison with the original', () => {
  it('is nothing for the same weights, and what both models say of every token for others', async () => {
    const [original, rounded] = ['original', 'rounded'] as [ModelId, ModelId];
    await load(original, null);
    await load(rounded, ['--format', 'compressed-tensors', '--group', 'channel']);
    const items = ['What is 20 - 4?', 'What is 17 × 3?'].map((question) => ({
      id: question,
      question,
      answer: '',
    }));
    const subject = (id: ModelId) => wholeModel(id, LAYERS);
    const asked = { original: subject(original), maxNewTokens: 16 };
    const same = await quantizationAgreement(engine, items, { ...asked, quantized: subject(original) });
    const none = agreementOf(same);
    expect(none?.meanKl).toBeLessThan(1e-9);
    expect(none?.tokens.hits).toBe(none?.tokens.n);
    expect(none?.answers).toMatchObject({ hits: 2, n: 2 });

    const [record] = await quantizationAgreement(engine, items.slice(0, 1), {
      ...asked,
      quantized: subject(rounded),
    });
    const { rows } = await engine.generate(
      {
        job: 'a',
        subject: subject(original),
        prompt: items[0]?.question ?? '',
        images: [],
        maxNewTokens: 16,
      },
      () => undefined,
    );
    const tokens = rows[0]?.tokens ?? [];
    expect(record?.kl).toHaveLength(tokens.length);
    // Σ p ln(p / q) over the logits of both, position by position, in double precision.
    const logits = async (id: ModelId, continuation: readonly number[]): Promise<number[]> => {
      const result = await engine.forward({
        ...{ job: 'b', subject: subject(id), prompt: items[0]?.question ?? '', images: [] },
        continuation: [...continuation],
      });
      return [...(result.rows[0]?.logits ?? [])];
    };
    const logs = (values: number[]): number[] => {
      const most = Math.max(...values);
      const total = Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
      return values.map((value) => value - most - total);
    };
    let agreeing = 0;
    for (const [at, kl] of (record?.kl ?? []).entries()) {
      const [p, q] = [
        await logits(original, tokens.slice(0, at)),
        await logits(rounded, tokens.slice(0, at)),
      ].map(logs);
      const expected = (p ?? []).reduce((sum, log, i) => sum + Math.exp(log) * (log - (q?.[i] as number)), 0);
      expect(kl).toBeCloseTo(expected, 4);
      if (q?.indexOf(Math.max(...q)) === tokens[at]) agreeing += 1;
    }
    expect(record?.agreeing).toBe(agreeing);
    expect(Math.max(...(record?.kl ?? []))).toBeGreaterThan(1e-5);
  });
});
