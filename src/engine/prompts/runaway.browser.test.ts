/** Patterns that do not end, in the worker that the app gives a folder's tokenizer. */
import { expect, test } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { fetchGolden } from '../testing/fetch-golden.ts';
import { goldenFolder } from '../testing/goldens.ts';
import { RUNAWAY_TOKENIZERS } from '../testing/runaway-tokenizers.ts';
import { installErrorTransfer } from '../../work/error-transfer.ts';
import { RemotePromptMaker } from './remote.ts';

installErrorTransfer();
const spawn = (): Worker =>
  new Worker(new URL('../../../workers/prompts.ts', import.meta.url), { type: 'module' });
const golden = goldenFolder(fetchGolden, 'untied-gqa2-f16');
/** Ten times what a harmless tokenizer takes. */
const SHORT = { start: 60_000, open: 500, openPerStart: 0, prompt: 1000, cancelled: 100 };

async function changed(spoil: (tokenizer: Record<string, unknown>) => void): Promise<CheckpointFiles> {
  const files = new Map(await golden);
  const tokenizer = JSON.parse((await files.get('tokenizer.json')?.text()) ?? '') as Record<string, unknown>;
  spoil(tokenizer);
  return files.set('tokenizer.json', new File([JSON.stringify(tokenizer)], 'tokenizer.json'));
}

test.each(RUNAWAY_TOKENIZERS)('$title is refused when its folder opens', async ({ spoil }) => {
  const opening = RemotePromptMaker.open(spawn, await changed(spoil), undefined, SHORT);
  await expect(opening).rejects.toMatchObject({ name: 'NotInTime', place: { file: 'tokenizer.json' } });
});

test('one that only certain words set off ends that prompt alone', async () => {
  const files = await changed((tokenizer) => {
    const pattern = { Regex: '^(ы|ы)*$' };
    tokenizer['pre_tokenizer'] = { type: 'Split', pattern, behavior: 'Isolated', invert: false };
  });
  const maker = await RemotePromptMaker.open(spawn, files, undefined, {
    ...SHORT,
    open: 30_000,
    prompt: 3000,
  });
  expect((await maker.encode(['ab']))[0]).toHaveLength(2);
  await expect(maker.encode([`${'ы'.repeat(64)}!`])).rejects.toMatchObject({ name: 'NotInTime' });
  expect((await maker.encode(['ab']))[0]).toHaveLength(2);
  maker.close();
});
