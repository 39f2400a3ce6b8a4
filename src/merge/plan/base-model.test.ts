import { expect, test } from 'vitest';
import { parseBlocks } from '../recipe/blocks.ts';
import { goldenDonors } from '../testing/donors.ts';
import type { Donor } from './donor.ts';
import { planMerge } from './plan.ts';

/** The donor as if its folder had been saved from the base model, whose tensors are called `language_model.…`. */
function ofBaseModel(donor: Donor): Donor {
  const tensors = [...donor.checkpoint.tensors].map(([name, entry]) => {
    const storedName = name.replace(/^model\./, 'language_model.');
    return [name, { ...entry, storedName }] as const;
  });
  return { ...donor, checkpoint: { ...donor.checkpoint, tensors: new Map(tensors) } };
}

test('a merge into a folder of the base model is spelled as on the hub, which every transformers reads', async () => {
  const { donors } = await goldenDonors({ IN: 'untied-gqa2-f16', RL: 'untied-gqa2-f16-b' });
  const frame = ofBaseModel(donors.get('IN') as Donor);
  const plan = planMerge(parseBlocks('IN:IN:RL', ['IN', 'RL'], 3), new Map([...donors, ['IN', frame]]));
  expect([...frame.checkpoint.tensors.values()].map(({ storedName }) => storedName)).toContain(
    'language_model.norm.weight',
  );
  expect(plan.tensors.length).toBe(frame.checkpoint.tensors.size);
  for (const { name, storedName } of plan.tensors) expect(storedName).toBe(name);
});
