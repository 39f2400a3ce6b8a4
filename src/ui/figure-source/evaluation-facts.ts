import type { AskedModel } from '../../analyses/asked-model.ts';
import { commandLine, type FlagWords, folderWord, modelFlag } from '../../analyses/command-line.ts';
import type { Evaluation } from '../../analyses/evaluation.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { computing, namedModels, readingFlags } from './model-facts.ts';

/** A plan with what its charts carry. */
export type WithFacts<Plan> = Plan & { readonly facts: PageFacts };

/** What an evaluation was given when its work was laid out. */
interface Given {
  readonly models: readonly AskedModel[];
  readonly reading: Required<ImageReading>;
  /** Of the questions that a person brought; null for the demo's. */
  readonly questions: string | null;
  /** Whether a stitch that was made by hand is asked, too. */
  readonly stitched?: boolean;
}

/** What charts of an evaluation carry. @param values with which it was laid out */
export function evaluationFacts(
  { declaration, words }: Pick<Evaluation, 'declaration' | 'words'>,
  { models, reading, questions, stitched = false }: Given,
  values: SettingValues,
): PageFacts {
  const { name, writes, method } = declaration;
  const before: FlagWords = [
    ...models.flatMap((model): FlagWords => {
      const flag = modelFlag(declaration.models, model.name);
      return flag === null ? [] : [[flag, folderWord(model.checkpoint.name)]];
    }),
    ...(questions === null ? [] : [['items', `<${questions}>`] as const]),
  ];
  const { flags, ...computed } = computing(models);
  const after: FlagWords = [
    ...readingFlags(reading),
    ...flags,
    ['out', writes === 'json' ? `${name}.json` : name],
  ];
  const seed = values['seed'];
  return {
    ...{ analysis: name, method, ...computed },
    ...{ done: words.title, on: questions ?? 'the demo’s questions' },
    checkpoints: namedModels(models),
    seed: typeof seed === 'number' ? seed : null,
    settings: { ...values, ...reading },
    command: commandLine(declaration, values, { before, after }),
    remarks: [
      ...(questions === null ? [] : [`<${questions}> stands for where these questions lie.`]),
      ...(stitched ? ['The stitch made by hand is not among what the command asks.'] : []),
    ],
  };
}

/** What charts of results that a person opened carry: what computed them is not told there. @param folder that they lie in */
export function openedFacts(
  { declaration, words }: Pick<Evaluation, 'declaration' | 'words'>,
  answers: readonly Pick<GradedAnswer, 'variant'>[],
  folder: string,
): PageFacts {
  const variants = [...new Set(answers.map(({ variant }) => variant))];
  return {
    ...{ analysis: declaration.name, method: declaration.method, seed: null, settings: {}, command: null },
    ...{ done: `${words.title}, as an opened result folder has it,`, on: null },
    checkpoints: variants.map((name) => ({ name, folder: name, fingerprint: null })),
    ...{ dtype: 'dtype not told', device: 'device not told' },
    remarks: [`Read from the result folder ${folder}, which names neither checkpoints nor a command.`],
  };
}
