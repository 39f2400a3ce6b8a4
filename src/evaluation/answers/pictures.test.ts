import { describe, expect, it } from 'vitest';
import type { GenerateAllRequest, PromptAnswers } from '../../engine/protocol/generation.ts';
import type { ModelId } from '../../engine/subject.ts';
import { answerRemotely } from '../../remote/answer-remotely.ts';
import { imageDimensions } from '../../image/dimensions.ts';
import type { Experiment } from '../experiment.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import { blackImageLike } from '../samples/black-image.ts';
import { readItemFolder } from '../samples/testing/item-folder.ts';
import type { Variant } from '../variant.ts';
import { answerAll } from './answer-all.ts';
import { planAsks } from './ask.ts';

const VARIANT: Variant = {
  name: 'M',
  fingerprint: 'f',
  sources: [],
  subject: { layers: [], rest: 'm' as ModelId },
};
const SETTINGS = {
  style: PROMPT_STYLES.none,
  maxNewTokens: 1,
  maxImagePixels: 1e6,
  imageProcessing: null,
  device: 'd',
  dtype: 'f32',
};
const PREFIX = PROMPT_STYLES.none.prefix;

/** A PNG's head, enough for its size, and a mark to tell it by. */
function picture(width: number, height: number, mark: string): Blob {
  const head = new Uint8Array(33);
  head.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  new DataView(head.buffer).setUint32(16, width);
  new DataView(head.buffer).setUint32(20, height);
  return new Blob([head, mark]);
}

const FILES = new Map([
  ['a.png', picture(30, 20, 'a')],
  ['b.png', picture(50, 40, 'b')],
]);

async function asksOf(rows: readonly object[]) {
  const text = rows.map((row) => JSON.stringify({ question: 'q', answer: '1', ...row })).join('\n');
  const sets = await readItemFolder(new Map([['q.jsonl', new Blob([text])], ...FILES]));
  const samples = [...sets.puzzles, ...sets.textOnly];
  const experiment: Experiment = {
    ...{ name: 'x', description: '', metric: 'M_vis', samples },
    settings: [
      { name: 'own', input: 'image_question' },
      { name: 'black', input: 'black_image_question' },
    ],
  };
  return planAsks([VARIANT], [experiment], SETTINGS);
}

async function askedOf(rows: readonly object[]): Promise<GenerateAllRequest['prompts']> {
  let asked: GenerateAllRequest['prompts'] = [];
  const engine = {
    cancel: () => undefined,
    generateAll: ({ prompts }: GenerateAllRequest) => {
      asked = prompts;
      const answer = { rows: [{ tokens: [1], text: '1', stop: 'end' }], promptTokens: 1, imageTokens: 1 };
      return Promise.resolve(prompts.map(() => answer as unknown as PromptAnswers));
    },
  };
  await answerAll(engine, await asksOf(rows), SETTINGS);
  return asked;
}

const sizes = (images: readonly Blob[] = []) =>
  Promise.all(images.map(async (image) => imageDimensions(new Uint8Array(await image.arrayBuffer()))));

describe('questions with several pictures', () => {
  it('are asked with all of them, and with as many black ones of their sizes', async () => {
    const [own, black] = await askedOf([{ images: ['a.png', 'b.png'] }]);
    expect(own).toMatchObject({ prompt: `${PREFIX}q` });
    expect(own?.images).toEqual([FILES.get('a.png'), FILES.get('b.png')]);
    expect(await sizes(black?.images)).toEqual([
      { width: 30, height: 20 },
      { width: 50, height: 40 },
    ]);
    const alone = await blackImageLike(FILES.get('a.png') as Blob);
    expect(black?.images?.[0]?.size).toBe(alone.file.size);
  });

  it('have them within the text, and options after it', async () => {
    const row = { images: ['a.png'], question: 'Is <image> B?', choices: ['yes', 'no'] };
    const [own] = await askedOf([row]);
    expect(own?.prompt).toBeUndefined();
    expect(own?.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: `${PREFIX}Is ` },
          { type: 'image' },
          { type: 'text', text: ' B?\n\nChoices:\nA. yes\nB. no' },
        ],
      },
    ]);
  });

  it('are other questions than with another picture, order or place', async () => {
    const rows = [
      { images: ['a.png'] },
      { images: ['a.png', 'b.png'] },
      { images: ['b.png', 'a.png'] },
      { images: ['a.png'], question: '<image>q' },
      { images: ['a.png'], question: 'q<image>' },
    ];
    const own = (await asksOf(rows)).filter(({ setting }) => setting.name === 'own');
    // The fourth is the first: the picture stands before the text in both.
    expect(new Set(own.map(({ key }) => key)).size).toBe(4);
    expect(own[3]?.key).toBe(own[0]?.key);
  });

  it('within the text are not sent to services, which are asked otherwise', async () => {
    const asks = await asksOf([{ images: ['a.png'], question: 'q<image>' }]);
    const asking = { client: {} as never, atOnce: 1, prepareImage: (image: Blob) => Promise.resolve(image) };
    await expect(answerRemotely(asking, asks, SETTINGS)).rejects.toThrow(/a picture stands within the text/);
  });
});
