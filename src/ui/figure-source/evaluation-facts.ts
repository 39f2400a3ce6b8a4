import type { AskedModel } from '../../analyses/asked-model.ts';
import { commandLine, type FlagWords, folderWord, modelFlag } from '../../analyses/command-line.ts';
import type { Evaluation } from '../../analyses/evaluation.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { wordsOf } from '../analyses/words-of.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { computing, namedModels, readingFlags } from './model-facts.ts';
import { t } from './texts.ts';
import { toldFacts } from './told-facts.ts';

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
  analysis: Pick<Evaluation, 'declaration' | 'words'>,
  { models, reading, questions, stitched = false }: Given,
  values: SettingValues,
): PageFacts {
  const { declaration } = analysis;
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
  const facts = {
    ...{ analysis: name, method, ...computed },
    checkpoints: namedModels(models),
    seed: typeof seed === 'number' ? seed : null,
    settings: { ...values, ...reading },
    command: commandLine(declaration, values, { before, after }),
  };
  return toldFacts(facts, () => ({
    ...{ done: wordsOf(analysis).title, on: questions ?? t.demoQuestions },
    remarks: [...(questions === null ? [] : [t.questions(questions)]), ...(stitched ? [t.stitch] : [])],
  }));
}

/** What charts of results that a person opened carry: what computed them is not told there. @param folder that they lie in */
export function openedFacts(
  analysis: Pick<Evaluation, 'declaration' | 'words'>,
  answers: readonly Pick<GradedAnswer, 'variant'>[],
  folder: string,
): PageFacts {
  const { name, method } = analysis.declaration;
  const variants = [...new Set(answers.map(({ variant }) => variant))];
  const facts = {
    ...{ analysis: name, method, seed: null, settings: {}, command: null },
    checkpoints: variants.map((variant) => ({ name: variant, folder: variant, fingerprint: null })),
    ...{ dtype: 'dtype not told', device: 'device not told' },
  };
  return toldFacts(facts, () => ({
    ...{ done: t.opened(wordsOf(analysis).title), on: null },
    remarks: [t.folder(folder)],
  }));
}
