import { describe, expect, it } from 'vitest';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { keepAsOtherBuild } from '../../study/testing/other-build.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { LongWork } from '../../work/long-work.ts';
import { answersIdentity } from '../identity.ts';
import { transferExperiments } from '../experiment.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import { blockVariant, type ResidentCheckpoint } from '../variant.ts';
import type { Answer } from './answer.ts';
import type { Ask } from './ask.ts';
import { planAsks } from './ask.ts';
import { otherAnswers } from '../../study/journal/other-answers.ts';
import { answersJournalled, keptAnswers } from './kept-answers.ts';

const smallFiles = { 'config.json': 'c', 'chat_template.jinja': 't' };
const opened = (name: string): ResidentCheckpoint => ({
  checkpoint: {
    ...{ id: name, name, fingerprint: `print of ${name}`, layers: 6, smallFiles },
  } as unknown as OpenedCheckpoint,
  model: { device: 'wasm', dtype: 'f32', adapter: 'wasm simd, 1 threads' },
});
const [base, cold, rl] = ['base', 'cold', 'rl'].map(opened) as [
  ResidentCheckpoint,
  ResidentCheckpoint,
  ResidentCheckpoint,
];
const settings = {
  ...{
    style: PROMPT_STYLES.demo,
    maxNewTokens: 8,
    maxImagePixels: 1000,
    imageProcessing: 'transformers-5' as const,
  },
  ...{ device: 'wasm', dtype: 'f32' },
};
const experiments = transferExperiments({
  general: [],
  mathTargeted: [],
  textOnly: ['1 + 1', '2 + 2'].map((question) => ({ id: question, question, answer: '' })),
});
const BLOCKS = ['IN', 'RL', 'IN:RL:RL'];

async function plan(donors: Record<string, ResidentCheckpoint>, blocks: readonly string[]) {
  const variants = await Promise.all(blocks.map((name) => blockVariant(name, donors)));
  return planAsks(variants, experiments, settings);
}

/** Answers what is not kept, up to `most` of it; returns how many that were. */
async function run(journals: Journals, asks: readonly Ask[], most = Infinity): Promise<number> {
  let made = 0;
  const work = async ({ finished, onRecord }: LongWork<Answer>): Promise<void> => {
    for (const { key, prompt } of asks) {
      if (finished?.has(key)) continue;
      if (made === most) throw new Error('the page was closed');
      made += 1;
      await onRecord?.(key, { text: prompt, tokens: 1, stop: 'end', promptTokens: 1, imageTokens: 0 });
    }
  };
  await answersJournalled(
    asks,
    (identity, total, part) => runJournalled(journals, identity, total, part),
    work,
  ).catch(() => undefined);
  return made;
}

describe('kept answers', () => {
  it('of another build are shown where there are none of this one, of one build alone', async () => {
    const storage = new MemoryStorage();
    const journals = new Journals(storage);
    const asks = await plan({ IN: cold, RL: rl }, ['IN', 'RL']);
    const [first, last] = [asks[0] as Ask, asks.at(-1) as Ask];
    const keep = (ask: Ask, build: string, at: string) =>
      keepAsOtherBuild(
        storage,
        answersIdentity(ask.variant, ask.settings),
        { [ask.key]: { text: build, stop: 'end' }, 'of another question': { text: 'x', stop: 'end' } },
        { build, modules: build, at },
      );
    await keep(first, 'older', '2026-01-01T00:00:00.000Z');
    await keep(last, 'latest', '2026-02-01T00:00:00.000Z');
    const other = await otherAnswers(asks, journals);
    expect(other?.origin).toMatchObject({ build: 'latest', at: '2026-02-01T00:00:00.000Z' });
    expect([...(other?.answers ?? [])]).toEqual([[last.key, { text: 'latest', stop: 'end' }]]);
    expect((await keptAnswers(asks, journals)).size).toBe(0);
    expect(await run(journals, asks)).toBe(4);
  });

  it('are found again when another checkpoint is loaded beside those asked', async () => {
    const journals = new Journals(new MemoryStorage());
    const before = await plan({ IN: cold, RL: rl }, BLOCKS);
    expect(await run(journals, before)).toBe(6);
    const after = await plan({ Base: base, IN: cold, RL: rl }, ['Base', ...BLOCKS]);
    expect((await keptAnswers(after, journals)).size).toBe(6);
    expect(await run(journals, after)).toBe(2);
    expect(await run(journals, after)).toBe(0);
  });

  it('of a run that began with one checkpoint serve one with two', async () => {
    const journals = new Journals(new MemoryStorage());
    expect(await run(journals, await plan({ IN: cold }, ['IN']))).toBe(2);
    expect(await run(journals, await plan({ IN: cold, RL: rl }, BLOCKS))).toBe(4);
  });

  it('survive a run that was cut off, each in the journal of its checkpoints', async () => {
    const journals = new Journals(new MemoryStorage());
    const asks = await plan({ IN: cold, RL: rl }, BLOCKS);
    expect(await run(journals, asks, 4)).toBe(4);
    expect(await run(journals, asks)).toBe(2);
    const titles = (await journals.list()).map(({ title, done }) => `${title}: ${done}`);
    expect(titles.sort()).toEqual([
      'Answers of cold, 8 new tokens, f32 on wasm: 2',
      'Answers of cold, rl, 8 new tokens, f32 on wasm: 2',
      'Answers of rl, 8 new tokens, f32 on wasm: 2',
    ]);
    const kept = await keptAnswers(asks, journals);
    expect(asks.map(({ key }) => kept.get(key)?.text)).toEqual(asks.map(({ prompt }) => prompt));
  });

  it('belong to the checkpoint, not to the name it was loaded under', async () => {
    const journals = new Journals(new MemoryStorage());
    await run(journals, await plan({ IN: cold }, ['IN']));
    expect(await run(journals, await plan({ RL: cold }, ['RL']))).toBe(0);
    expect(await run(journals, await plan({ IN: rl }, ['IN']))).toBe(2);
  });

  it.each([
    [
      'chat template of the one that gives everything but layers',
      cold,
      { 'chat_template.jinja': 'u' },
      {},
      2,
    ],
    ['end tokens', cold, { 'generation_config.json': 'g' }, {}, 2],
    ['adapter', cold, {}, { adapter: 'vendor nvidia' }, 2],
    ['rounding', cold, {}, { dtype: 'q4' }, 2],
    ['rounding of a donor of layers', rl, {}, { dtype: 'q4' }, 0],
  ] as const)('are not those of another %s', async (_, one, files, model, kept) => {
    const journals = new Journals(new MemoryStorage());
    const donors = { IN: cold, RL: rl };
    await run(journals, await plan(donors, BLOCKS));
    const other: ResidentCheckpoint = {
      checkpoint: { ...one.checkpoint, smallFiles: { ...one.checkpoint.smallFiles, ...files } },
      model: { ...one.model, ...model },
    };
    const after = await plan(one === cold ? { ...donors, IN: other } : { ...donors, RL: other }, BLOCKS);
    const blocks = (name: string) => after.filter(({ variant }) => variant.name === name);
    const found = await keptAnswers(after, journals);
    const ofBlock = (name: string) => blocks(name).filter(({ key }) => found.has(key)).length;
    // Of IN nothing where IN changed, of RL nothing where RL did; of their merge nothing in either case.
    expect([ofBlock('IN'), ofBlock('RL'), ofBlock('IN:RL:RL')]).toEqual([2 - kept, kept, 0]);
    expect(await run(journals, after)).toBe(4);
  });

  it('of a merge stay where the template of a donor of layers alone changes', async () => {
    const journals = new Journals(new MemoryStorage());
    await run(journals, await plan({ IN: cold, RL: rl }, BLOCKS));
    const checkpoint = { ...rl.checkpoint, smallFiles: { 'chat_template.jinja': 'u' } };
    const after = await plan({ IN: cold, RL: { ...rl, checkpoint } }, BLOCKS);
    // RL by itself is asked otherwise; IN:RL:RL is asked as IN is.
    expect(await run(journals, after)).toBe(2);
  });

  it('that are counted as finished earlier are those that are asked for', async () => {
    const journals = new Journals(new MemoryStorage());
    const told: number[] = [];
    const count = async (asks: readonly Ask[]): Promise<void> => {
      await answersJournalled(
        asks,
        (identity, total, work, { keys }) =>
          runJournalled(journals, identity, total, work, {
            onFinished: (records) => told.push([...keys].filter((key) => records.has(key)).length),
          }),
        () => Promise.resolve(),
      );
    };
    await run(journals, await plan({ IN: cold }, ['IN']));
    await count(await plan({ IN: cold }, ['IN']));
    const checkpoint = { ...cold.checkpoint, smallFiles: { 'chat_template.jinja': 'u' } };
    await count(await plan({ IN: { ...cold, checkpoint } }, ['IN']));
    const [variant] = await Promise.all([blockVariant('IN', { IN: cold })]);
    const others = transferExperiments({
      ...{ general: [], mathTargeted: [] },
      textOnly: [{ id: 'x', question: '3 + 3', answer: '' }],
    });
    await count(await planAsks([variant], others, settings));
    expect(told).toEqual([2, 0, 0]);
  });

  it('say in clear what they were asked with', async () => {
    const journals = new Journals(new MemoryStorage());
    await run(journals, await plan({ IN: cold, RL: rl }, ['IN:RL:RL']));
    const [kept] = await journals.list();
    expect(kept?.inputs).toEqual({
      ...{ 'weights of 0': 'print of cold', 'weights of 1': 'print of rl' },
      ...smallFiles,
    });
    expect(kept?.settings).toMatchObject({ maxNewTokens: 8, adapter: 'wasm simd, 1 threads', dtype: 'f32' });
    expect(await journals.withdraw('print of rl')).toHaveLength(1);
  });
});
