/** Merges with donors of another vocabulary, as mergekit makes them where it can. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes } from '../../checkpoint/checkpoint.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { NamedError } from '../../named-error.ts';
import { MergedFolder } from '../folder/merged-folder.ts';
import { parseBlocks } from '../recipe/blocks.ts';
import type { Edit, Recipe } from '../recipe/recipe.ts';
import { restFrom } from '../recipe/recipe.ts';
import { type OpenDonors, openDonors } from '../testing/donors.ts';
import type { OtherVocabulary } from '../testing/other-vocabulary.ts';
import { OTHER_VOCABULARIES, withVocabulary } from '../testing/other-vocabulary.ts';
import { planMerge } from './plan.ts';

const LAYERS = parseBlocks('IN:RL:RL', ['IN', 'RL'], 3);
const { added, grown, cut } = OTHER_VOCABULARIES;

async function donors(other: OtherVocabulary): Promise<OpenDonors> {
  return openDonors(
    new Map([
      ['IN', await goldenFolder(readFromDisk, 'untied-gqa2-f16')],
      ['RL', await withVocabulary('untied-gqa2-f16-b', other)],
    ]),
  );
}

async function refusal(recipe: Recipe, other: OtherVocabulary): Promise<NamedError> {
  const open = await donors(other);
  try {
    planMerge(recipe, open.donors);
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it.each(Object.entries(OTHER_VOCABULARIES))(
  'layers of a donor whose vocabulary was %s: the tensors mergekit makes, byte for byte',
  async (label, other) => {
    const json = new TextDecoder().decode(await readFromDisk('expected/mergekit/vocabularies.json'));
    const golden = (JSON.parse(json) as Record<string, Record<string, string>>)[label];
    const open = await donors(other);
    const made = await openCheckpoint(new MergedFolder(planMerge(LAYERS, open.donors), open.folders));
    const digests: Record<string, string> = {};
    for (const entry of made.tensors.values()) {
      digests[entry.name] = createHash('sha256')
        .update(await readTensorBytes(made, entry))
        .digest('hex');
    }
    expect(digests).toEqual(golden);
  },
);

it('the frame’s tokenizer, config and every row of its embeddings stay', async () => {
  const open = await donors(grown);
  const merge = new MergedFolder(planMerge(LAYERS, open.donors), open.folders);
  const frame = open.folders.get('IN');
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'config.json', 'generation_config.json']) {
    expect(merge.get(name), name).toBe(frame?.get(name));
  }
  const plan = planMerge(parseBlocks('RL:IN:IN', ['IN', 'RL'], 3), open.donors);
  expect(plan.tensors.find(({ name }) => name === 'lm_head.weight')?.shape).toEqual([464, 64]);
});

it('what differs and does no harm is told', async () => {
  const onlyRL =
    'Only RL has "<think>", "</think>": the tokenizer of IN, which the merge keeps, never gives them.';
  const notices = async (other: OtherVocabulary, recipe = LAYERS) =>
    planMerge(recipe, (await donors(other)).donors).notices;
  expect(await notices(added)).toEqual([onlyRL]);
  expect(await notices(grown)).toEqual([
    'The embeddings of RL have 464 rows; the merge keeps the 400 of IN.',
    onlyRL,
  ]);
  expect(await notices(cut)).toEqual(['The embeddings of RL have 384 rows; the merge keeps the 400 of IN.']);
  const turned = parseBlocks('RL:IN:IN', ['IN', 'RL'], 3);
  expect(await notices(added, turned)).toEqual([
    'Only RL has "<think>", "</think>": what IN gives was not trained with them.',
  ]);
});

it('an id that is another token there is refused, by the id', async () => {
  const open = await donors(added);
  const other = await withVocabulary('untied-gqa2-f16', { rows: 400, tokens: ['<answer>'] });
  const both = await openDonors(new Map([...open.folders, ['IN', other]]));
  const error = await Promise.resolve().then(() => {
    try {
      return planMerge(LAYERS, both.donors);
    } catch (cause) {
      return cause;
    }
  });
  expect(error).toMatchObject({
    name: 'DifferentTokenizer',
    what: 'id 384 is "<answer>" in IN and "<think>" in RL',
    place: { file: 'tokenizer.json' },
  });
});

const head: Recipe = { ...LAYERS, rest: { ...restFrom('IN'), head: 'RL' } };
const mixed: Edit = { kind: 'interpolate-rest', pieces: ['frame'], donor: 'RL', alpha: 0.5 };

it.each([
  ['head, more tokens', head, added, 'DifferentTokenizer', 'tokenizer.json'],
  ['head, more rows', head, grown, 'DifferentConfig', 'config.json'],
  ['head, fewer rows', head, cut, 'DifferentConfig', 'config.json'],
  [
    'mixed embeddings, more tokens',
    { ...LAYERS, edits: [mixed] },
    added,
    'DifferentTokenizer',
    'tokenizer.json',
  ],
  ['mixed embeddings, fewer rows', { ...LAYERS, edits: [mixed] }, cut, 'DifferentConfig', 'config.json'],
] as const)(
  '%s: asked from the donor with another vocabulary, refused',
  async (_, recipe, other, name, file) => {
    const error = await refusal(recipe, other);
    expect([error.name, error.place.file]).toEqual([name, file]);
    expect(error.remedy).toContain('only layers');
  },
);
