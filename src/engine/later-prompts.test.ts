import { expect, it } from 'vitest';
import type { PromptMaker } from '../vlm/prompt-maker.ts';
import { LaterPrompts } from './later-prompts.ts';

const maker = (close = (): void => undefined): PromptMaker => ({
  ...{ notices: [], close },
  build: () => Promise.reject(new Error('not asked here')),
  buildAll: (requests) =>
    Promise.resolve(requests.map(() => ({ status: 'rejected', reason: new Error('no image') }))),
  encode: (texts) => Promise.resolve(texts.map(({ length }) => [length])),
});

it('begins to open at once, and what is asked meanwhile waits', async () => {
  let ready = (_: PromptMaker): void => undefined;
  let begun = 0;
  const prompts = new LaterPrompts(() => {
    begun += 1;
    return new Promise((resolve) => (ready = resolve));
  });
  expect(begun).toBe(1);
  const encoded = prompts.encode(['a', 'bcd']);
  ready(maker());
  expect(await encoded).toEqual([[1], [3]]);
  expect(await prompts.encode(['de'])).toEqual([[2]]);
  expect(await prompts.buildAll([])).toEqual([]);
  expect(begun).toBe(1);
});

it('tells who asks that it could not be opened, and opens again for the next', async () => {
  let fails = true;
  const prompts = new LaterPrompts(() =>
    fails ? Promise.reject(new Error('no worker')) : Promise.resolve(maker()),
  );
  await expect(prompts.encode(['a'])).rejects.toThrow('no worker');
  fails = false;
  expect(await prompts.encode(['a'])).toEqual([[1]]);
});

it('closes what was still being opened', async () => {
  let closed = false;
  const prompts = new LaterPrompts(() => Promise.resolve(maker(() => (closed = true))));
  prompts.close();
  await expect.poll(() => closed).toBe(true);
});
