import { describe, expect, it } from 'vitest';
import type { GenerateAllRequest, PromptAnswers } from '../../engine/protocol/generation.ts';
import type { PromptSpec } from '../../engine/protocol/prompt.ts';
import type { ModelId, Subject } from '../../engine/subject.ts';
import { imageDimensions } from '../../image/dimensions.ts';
import { transferExperiments } from '../experiment.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import { blackImageLike } from '../samples/black-image.ts';
import type { EvaluationSample } from '../samples/sample.ts';
import { gradeAll } from '../tables/graded.ts';
import { metricTable } from '../tables/metric-table.ts';
import { resultFiles } from '../testing/results.ts';
import { readResults } from '../testing/results.ts';
import { NamedError } from '../../named-error.ts';
import type { Answer } from './answer.ts';
import { answerAll } from './answer-all.ts';
import { type AnswerSettings, planAsks } from './ask.ts';

/** An engine that sees: with an image it answers what is written in the file, else what the text says. */
class SeeingEngine {
  readonly requests: PromptSpec[] = [];
  /** Prompts of each call. */
  readonly sizes: number[] = [];
  readonly order: string[] = [];

  generateAll({ subject, prompts }: GenerateAllRequest): Promise<readonly PromptAnswers[]> {
    this.sizes.push(prompts.length);
    this.order.push(subject.rest);
    return Promise.all(prompts.map((prompt) => this.#answer(subject, prompt)));
  }

  async #answer(subject: Subject, request: PromptSpec): Promise<PromptAnswers> {
    this.requests.push(request);
    if (request.prompt?.includes('impossible')) throw new NamedError('OverLimit', 'no', {}, 'shorten it');
    const [image] = request.images ?? [];
    const seen = image ? new TextDecoder().decode(await image.arrayBuffer()).split('#')[1] : undefined;
    const told = /Description:\s*(\S+)/.exec(request.prompt ?? '')?.[1];
    const sum = /(\d+) \+ (\d+)/.exec(request.prompt ?? '');
    const text = seen ?? told ?? (sum ? String(Number(sum[1]) + Number(sum[2])) : 'unknown');
    const said = `<think>Well.</think><answer>${subject.rest === 'blind' ? 'no' : text}</answer>`;
    return {
      rows: [{ tokens: [1, 2, 3], text: said, stop: 'end' }],
      promptTokens: 5,
      imageTokens: image ? 4 : 0,
      imageSpans: [],
    };
  }

  cancel(): void {
    this.requests.length = 0;
  }
}

const subject = (id: string): Subject => ({ layers: [id as ModelId], rest: id as ModelId });
const variant = (name: string, id: string) => ({
  name,
  subject: subject(id),
  fingerprint: id,
  sources: [{ name: id, fingerprint: id }],
});

/** A PNG's header with a word behind it: enough for its size, and for an engine that reads words. */
async function picture(word: string): Promise<Blob> {
  const black = await blackImageLike(new Blob([header(3, 2)]));
  return new Blob([black.file, `#${word}`]);
}

function header(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(33);
  bytes.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}

const settings: AnswerSettings = {
  style: PROMPT_STYLES.demo,
  maxNewTokens: 8,
  maxImagePixels: 1000,
  imageProcessing: 'transformers-5',
  device: 'wasm',
  dtype: 'f32',
};

async function experiments() {
  const visual: EvaluationSample[] = [
    { id: 'a', question: 'What is it?', answer: 'cat', description: 'dog', image: await picture('cat') },
    { id: 'b', question: 'What is it?', answer: 'fox', description: 'fox', image: await picture('fox') },
  ];
  return transferExperiments({
    general: visual,
    mathTargeted: visual,
    textOnly: [{ id: 's', question: 'What is 3 + 4?', answer: '7' }],
  });
}

describe('an evaluation', () => {
  it('asks each setting as docs/method.md §7.2 says, and counts as it says', async () => {
    const engine = new SeeingEngine();
    const asks = await planAsks([variant('IN', 'seeing')], await experiments(), settings);
    const answers = await answerAll(engine, asks, settings);
    const [row] = metricTable(gradeAll(asks, answers), 'IN');
    expect(row?.cells.M_vis).toMatchObject({ n: 2, hits: 2 });
    expect(row?.cells.M_v2r).toMatchObject({ n: 2, hits: 1, transitions: { n_TT: 1, n_TF: 1 } });
    expect(row?.cells.M_rea).toMatchObject({ n: 1, hits: 1 });
    const described = engine.requests.find(({ prompt }) => prompt?.includes('Description'));
    expect(described?.prompt).toBe('Image Description: dog Question: What is it?');
    const [black] = described?.images ?? [];
    const bytes = new Uint8Array(await (black as Blob).arrayBuffer());
    expect(imageDimensions(bytes)).toEqual({ width: 3, height: 2 });
  });

  it('generates nothing twice: not for another name of the same model, not in a second run', async () => {
    const engine = new SeeingEngine();
    const kept = new Map<string, Answer>();
    const work = { onRecord: (key: string, answer: Answer) => void kept.set(key, answer) };
    const variants = [variant('IN', 'seeing'), variant('IN:IN:IN', 'seeing'), variant('RL', 'blind')];
    const asks = await planAsks(variants, await experiments(), settings);
    const first = await answerAll(engine, asks, settings, work);
    // A with the image is asked once for both experiments that show it.
    const generated = engine.requests.length;
    expect(generated).toBe(new Set(asks.map(({ key }) => key)).size);
    expect(generated).toBeLessThan(asks.length * (2 / 3));
    const again = await answerAll(engine, asks, settings, { finished: kept });
    expect(engine.requests).toHaveLength(generated);
    expect(gradeAll(asks, again)).toEqual(gradeAll(asks, first));
  });

  it('asks anew where anything that decides an answer differs', async () => {
    const [experiment] = await experiments();
    const plan = async (change: Partial<AnswerSettings>, fingerprint = 'x') => {
      const one = { ...variant('IN', 'seeing'), fingerprint };
      const asks = await planAsks([one], experiment ? [experiment] : [], { ...settings, ...change });
      return asks[0]?.key;
    };
    const keys = await Promise.all([
      plan({}),
      plan({}, 'y'),
      plan({ maxNewTokens: 9 }),
      plan({ dtype: 'q4' }),
      plan({ device: 'webgpu' }),
      plan({ maxImagePixels: 10 }),
      plan({ imageProcessing: 'transformers-4.51' }),
      plan({ imageProcessing: null }),
      plan({ style: PROMPT_STYLES.none }),
      plan({ style: PROMPT_STYLES.reasoner }),
    ]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(await plan({})).toBe(keys[0]);
  });

  it('is cancelled between answers and goes on from what was kept', async () => {
    const engine = new SeeingEngine();
    const controller = new AbortController();
    const kept = new Map<string, Answer>();
    const asks = await planAsks([variant('IN', 'seeing')], await experiments(), settings);
    const onRecord = (key: string, answer: Answer): void => {
      kept.set(key, answer);
      if (kept.size === 2) controller.abort();
    };
    const cut = answerAll(engine, asks, settings, { signal: controller.signal, onRecord }, 1);
    await expect(cut).rejects.toMatchObject({ name: 'Cancelled' });
    expect(kept.size).toBe(2);
    const partial = metricTable(gradeAll(asks, kept), 'IN');
    expect(partial[0]?.cells.M_vis?.n).toBe(1);
    const total = new Set(asks.map(({ key }) => key)).size;
    const before = engine.requests.length;
    expect((await answerAll(engine, asks, settings, { finished: kept })).size).toBe(total);
    expect(engine.requests.length - before).toBe(total - 2);
  });

  it('asks samples of one variant together, and all variants of the same samples in turn', async () => {
    const variants = [variant('IN', 'seeing'), variant('RL', 'blind')];
    const texts = Array.from({ length: 5 }, (_, i) => ({
      id: `${i}`,
      question: `${i} + 1`,
      answer: `${i + 1}`,
    }));
    const all = transferExperiments({ general: [], mathTargeted: [], textOnly: texts });
    const asks = await planAsks(variants, all, settings);
    const [alone, together] = [new SeeingEngine(), new SeeingEngine()];
    const one = await answerAll(alone, asks, settings, {}, 1);
    expect(await answerAll(together, asks, settings, {}, 2)).toEqual(one);
    expect(alone.sizes).toEqual(Array(10).fill(1));
    expect(together.sizes).toEqual([2, 2, 2, 2, 1, 1]);
    expect(together.order).toEqual(['seeing', 'blind', 'seeing', 'blind', 'seeing', 'blind']);
  });

  it('keeps the answers of a batch when one question of it fails, and names that one', async () => {
    const engine = new SeeingEngine();
    const texts = ['1 + 1', 'impossible', '2 + 2'].map((question, i) => ({
      id: `q${i}`,
      question,
      answer: '',
    }));
    const all = transferExperiments({ general: [], mathTargeted: [], textOnly: texts });
    const asks = await planAsks([variant('IN', 'seeing')], all, settings);
    const kept: string[] = [];
    const work = answerAll(engine, asks, settings, { onRecord: (_, { text }) => void kept.push(text) });
    await expect(work).rejects.toMatchObject({ name: 'OverLimit', what: 'IN, A_prompt_only, q1: no' });
    expect(kept).toEqual(['<think>Well.</think><answer>2</answer>']);
  });

  it('refuses what cannot be asked before anything is generated', async () => {
    const bare: EvaluationSample = { id: 'x', question: '?', answer: 'y' };
    const plan = (name: 'general' | 'mathTargeted', sample: EvaluationSample) =>
      planAsks(
        [variant('IN', 'seeing')],
        transferExperiments({ general: [], mathTargeted: [], textOnly: [], [name]: [sample] }),
        settings,
      );
    await expect(plan('general', bare)).rejects.toMatchObject({ name: 'MissingImage' });
    const undescribed = { ...bare, image: await picture('y') };
    await expect(plan('mathTargeted', undescribed)).rejects.toMatchObject({ name: 'MissingDescription' });
  });

  it('writes files that read back as the same table', async () => {
    const engine = new SeeingEngine();
    const all = await experiments();
    const asks = await planAsks([variant('IN', 'seeing'), variant('RL:IN:IN', 'blind')], all, settings);
    const graded = gradeAll(asks, await answerAll(engine, asks, settings));
    const rows = metricTable(graded, 'IN');
    const files = resultFiles(rows, graded, all, { version: '0' });
    expect([...files.keys()]).toContain('RL_IN_IN/alignment_math_vqa/B_black_desc_prompt.jsonl');
    const metrics: unknown = JSON.parse(files.get('paper_metrics.json') ?? '');
    expect(metrics).toEqual({
      IN: { M_vis: 1, M_v2r: 0.5, M_rea: 1 },
      'RL:IN:IN': { M_vis: 0, M_v2r: 0, M_rea: 0 },
    });
    const summary: unknown = JSON.parse(files.get('IN/alignment_math_vqa/summary.json') ?? '');
    expect(summary).toMatchObject({
      ...{ N: 2, acc_A: 1, acc_B: 0.5, delta_acc: 0.5, n_TT: 1, n_TF: 1, n_FT: 0, n_FF: 0 },
      ...{ net_gain: -1, side_effect_rate: 0.5, lift_rate: 0, M_v2r: 0.5, model: 'IN' },
      ...{ setting_A: 'A_image_prompt', setting_B: 'B_black_desc_prompt' },
    });
    const back = await readResults(new Map([...files].map(([path, text]) => [path, new Blob([text])])));
    const numbers = (table: typeof rows) =>
      table.map(({ variant: name, cells }) => [
        name,
        cells.M_vis?.hits,
        cells.M_v2r?.against,
        cells.M_rea?.interval,
      ]);
    expect(numbers(metricTable(back, 'IN'))).toEqual(numbers(rows));
  });
});
