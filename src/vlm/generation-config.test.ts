import { expect, it } from 'vitest';
import { openFolder } from '../engine/folder.ts';
import type { ModelId } from '../engine/subject.ts';
import { readFromDisk } from '../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../engine/testing/goldens.ts';
import { askedRepetitionPenalty } from './generation-config.ts';

it.each([
  [undefined, 1],
  [null, 1],
  [[], 1],
  [{ repetition_penalty: 1.05, do_sample: true }, 1.05],
  [{ repetition_penalty: null }, 1],
  [{ repetition_penalty: 0 }, 1],
  [{ repetition_penalty: -2 }, 1],
  [{ repetition_penalty: '1.05' }, 1],
])('%j asks for a repetition penalty of %d', (json, penalty) => {
  expect(askedRepetitionPenalty(json)).toBe(penalty);
});

it('a folder that asks for one says so, with what to do', async () => {
  const files = await goldenFolder(readFromDisk, 'untied-gqa4-f32');
  const opened = async (): Promise<{ repetitionPenalty: number; notices: readonly string[] }> =>
    (await openFolder('m' as ModelId, 'm', files)).summary;
  const before = await opened();
  expect(before.repetitionPenalty).toBe(1);
  const asks = JSON.stringify({ eos_token_id: [364, 362], repetition_penalty: 1.05 });
  files.set('generation_config.json', new File([asks], 'generation_config.json'));
  const { repetitionPenalty, notices } = await opened();
  expect(repetitionPenalty).toBe(1.05);
  expect(notices).toEqual([...before.notices, expect.stringContaining('--repetition-penalty 1.05')]);
});
