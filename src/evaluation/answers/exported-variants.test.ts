/**
 * The eight standard variants, run from the donors' own buffers, against each of them exported, opened from what was
 * written and loaded alone; and the evaluation again, from its journal. Few samples of each set; with VARIANTS_ALL=1 in the
 * environment every question of the demo's sets.
 */
import { ort } from '../../engine/testing/one-thread-ort.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { folder } from '../../checkpoint/testing/files.ts';
import { demoFolder } from '../../demo/testing/demo-from-disk.ts';
import { pngPixels } from '../../demo/testing/png-pixels.ts';
import { setFromDisk } from '../../demo/testing/sets-from-disk.ts';
import { WasmBackend } from '../../engine/backend/wasm.ts';
import { Engine } from '../../engine/engine.ts';
import { type ModelId, wholeModel } from '../../engine/subject.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { INLINE } from '../../engine/testing/inline-surroundings.ts';
import { exportMerge } from '../../merge/export.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import { STANDARD_BLOCKS } from '../../merge/recipe/blocks.ts';
import { type Recipe, restFrom } from '../../merge/recipe/recipe.ts';
import { type OpenDonors, openDonors } from '../../merge/testing/donors.ts';
import { MemorySink } from '../../merge/testing/memory-sink.ts';
import { Journals } from '../../study/journal/journals.ts';
import { MemoryStorage } from '../../study/journal/memory-storage.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import { DEFAULT_MAX_IMAGE_PIXELS } from '../../vlm/pixel-limit.ts';
import { type Experiment, transferExperiments } from '../experiment.ts';
import { PROMPT_STYLES } from '../prompt-style.ts';
import { resultFiles } from '../testing/results.ts';
import { demoItems } from '../samples/demo-items.ts';
import { chosenSamples } from '../../probes/sampling/choice.ts';
import type { ItemSets } from '../samples/item-sets.ts';
import type { EvaluationSample } from '../samples/sample.ts';
import { INPUT_TYPES } from '../setting.ts';
import { gradeAll } from '../tables/graded.ts';
import { metricTable } from '../tables/metric-table.ts';
import { blockVariant, type ResidentCheckpoint, type Variant } from '../variant.ts';
import type { Answer } from './answer.ts';
import { answerAll, type AnsweringEngine, type BlackImages, picturesOf } from './answer-all.ts';
import { type Ask, planAsks } from './ask.ts';
import { answersJournalled } from './kept-answers.ts';

const ALL = process.env['VARIANTS_ALL'] === '1';
/** Samples of each set: asked, and looked through for them. */
const ASKED = 2;
const SOUGHT = 8;
const TIME = ALL ? 14_400_000 : 600_000;
const LOAD = { device: 'wasm', dtype: 'f32' } as const;

interface Family {
  readonly read: () => Promise<Readonly<Record<'IN' | 'RL', CheckpointFiles>>>;
  readonly maxNewTokens: number;
  /** How many of the eight say something of their own at least: of random layers every one, of a trained family two. */
  readonly distinct: number;
}

const FAMILIES: Readonly<Record<string, Family>> = {
  'golden checkpoints': {
    read: async () => ({
      IN: await goldenFolder(readFromDisk, 'untied-gqa2-f16'),
      RL: await goldenFolder(readFromDisk, 'untied-gqa2-f16-b'),
    }),
    // They never end an answer by themselves.
    maxNewTokens: 24,
    distinct: STANDARD_BLOCKS.length,
  },
  'the demo family': {
    read: async () => ({ IN: await demoFolder('in'), RL: await demoFolder('rl') }),
    maxNewTokens: 160,
    distinct: 2,
  },
};

/** Early, Mid and Late of as many layers each, written out by hand: no notation is read. */
function recipeByHand(blocks: string, layers: number): Recipe {
  const names = blocks.split(':');
  const [early, mid = early, late = early] = names as [string, string?, string?];
  expect(layers % 3).toBe(0);
  const third = (donor: string): readonly string[] => Array.from({ length: layers / 3 }, () => donor);
  return { layers: [early, mid, late].flatMap(third), rest: restFrom(early), edits: [] };
}

type Samples = readonly EvaluationSample[];

function eachSet(sets: ItemSets, choose: (set: Samples) => Samples): ItemSets {
  const { general, mathTargeted, textOnly } = sets;
  return {
    ...{ general: choose(general), mathTargeted: choose(mathTargeted), textOnly: choose(textOnly) },
    puzzles: [],
  };
}

function newEngine(): Engine {
  const createBackend = () => Promise.resolve(new WasmBackend(ort));
  return new Engine({ ...INLINE, decodeImage: pngPixels, createBackend });
}

/** Answers from anywhere but a model. */
const unasked: AnsweringEngine = {
  generateAll: () => Promise.reject(new Error('a model was asked')),
  cancel: () => undefined,
};

describe.each(Object.entries(FAMILIES))('the eight variants of %s', (_, { read, maxNewTokens, distinct }) => {
  const settings = {
    ...{
      style: PROMPT_STYLES.demo,
      maxNewTokens,
      maxImagePixels: DEFAULT_MAX_IMAGE_PIXELS,
      imageProcessing: 'transformers-5' as const,
    },
    ...LOAD,
  };
  const storage = new MemoryStorage();
  let donors: OpenDonors;
  let layers: number;
  let variants: readonly Variant[];
  let experiments: readonly Experiment[];
  let asks: readonly Ask[];
  let answers: ReadonlyMap<string, Answer>;
  let files: ReadonlyMap<string, string>;

  /** As the Transfer page and the command do it, with a journal opened anew. */
  function journalledAnswers(
    engine: AnsweringEngine,
    some: readonly Ask[],
    kept = storage,
  ): Promise<ReadonlyMap<string, Answer>> {
    return answersJournalled(
      some,
      (identity, total, work) => runJournalled(new Journals(kept), identity, total, work),
      (work) => answerAll(engine, some, settings, work),
    );
  }

  function written(all: ReadonlyMap<string, Answer>): ReadonlyMap<string, string> {
    const graded = gradeAll(asks, all);
    return resultFiles(metricTable(graded, 'IN'), graded, experiments, { version: '0' });
  }

  /** Of each set those that tell the donors apart before the others: where IN and RL agree, a wrong layer goes unseen. */
  async function telling(engine: Engine, sets: ItemSets, pure: readonly Variant[]): Promise<ItemSets> {
    const sought = eachSet(sets, (set) => chosenSamples(set, { samples: SOUGHT, seed: 123 }));
    const some = await planAsks(pure, transferExperiments(sought), settings);
    const said = await journalledAnswers(engine, some);
    const [cold = [], rl = []] = pure.map(({ name }) => some.filter(({ variant }) => variant.name === name));
    const text = (ask: Ask | undefined) => said.get(ask?.key ?? '')?.text;
    const tells = new Set(
      cold.filter((ask, index) => text(ask) !== text(rl[index])).map(({ sample }) => sample.id),
    );
    return eachSet(sought, (set) =>
      [...set].sort((a, b) => Number(tells.has(b.id)) - Number(tells.has(a.id))).slice(0, ASKED),
    );
  }

  beforeAll(async () => {
    const engine = newEngine();
    const folders = await read();
    donors = await openDonors(new Map(Object.entries(folders)));
    const resident: Record<string, ResidentCheckpoint> = {};
    for (const name of ['IN', 'RL'] as const) {
      const checkpoint = await engine.open(name as string as ModelId, name, folders[name]);
      const model = await engine.load(name, name as string as ModelId, LOAD, () => undefined);
      resident[name] = { checkpoint, model };
    }
    layers = resident['IN']?.checkpoint.layers ?? 0;
    variants = await Promise.all(STANDARD_BLOCKS.map((blocks) => blockVariant(blocks, resident)));
    const sets = await demoItems(setFromDisk);
    experiments = transferExperiments(ALL ? sets : await telling(engine, sets, variants.slice(0, 2)));
    asks = await planAsks(variants, experiments, settings);
    answers = await journalledAnswers(engine, asks);
    files = written(answers);
    await engine.close('IN' as ModelId);
    await engine.close('RL' as ModelId);
  }, TIME);

  it('say different things, in every setting', () => {
    const said = variants.map(({ name }) =>
      JSON.stringify(
        asks.filter(({ variant }) => variant.name === name).map(({ key }) => answers.get(key)?.text),
      ),
    );
    expect(variants).toHaveLength(8);
    expect(new Set(said).size).toBeGreaterThanOrEqual(distinct);
    const inputs = new Set(asks.map(({ setting }) => setting.input));
    expect(INPUT_TYPES.filter((input) => !inputs.has(input))).toEqual(['description_question']);
  });

  it.each(STANDARD_BLOCKS)(
    '%s answers as its export does, loaded alone and asked one question at a time',
    async (blocks) => {
      const sink = new MemorySink();
      await exportMerge(planMerge(recipeByHand(blocks, layers), donors.donors), donors.folders, sink);
      const engine = newEngine();
      const id = blocks as string as ModelId;
      await engine.open(id, blocks, folder(Object.fromEntries(sink.files)));
      await engine.load('load', id, LOAD, () => undefined);
      const black: BlackImages = new Map();
      for (const ask of asks.filter(({ variant }) => variant.name === blocks)) {
        const { rows, promptTokens, imageTokens } = await engine.generate(
          {
            ...{ job: ask.key, subject: wholeModel(id, layers), prompt: ask.prompt, maxNewTokens },
            ...{ images: await picturesOf(ask, black), maxImagePixels: settings.maxImagePixels },
          },
          () => undefined,
        );
        const [row] = rows;
        expect(answers.get(ask.key), `${ask.setting.name} ${ask.sample.id}`).toEqual({
          ...{ text: row?.text, tokens: row?.tokens.length, stop: row?.stop },
          ...{ promptTokens, imageTokens },
        });
      }
      await engine.close(id);
    },
    TIME,
  );

  it('are served from the journal the second time, and written to the same bytes', async () => {
    const again = await journalledAnswers(unasked, asks);
    expect([...written(again)]).toEqual([...files]);
    expect(files.size).toBe(variants.length * 8 + 2);
    const nothingKept = journalledAnswers(unasked, asks.slice(0, 1), new MemoryStorage());
    await expect(nothingKept).rejects.toThrow('a model was asked');
  });
});
