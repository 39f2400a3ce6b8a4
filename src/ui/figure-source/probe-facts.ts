import type { AskedModel } from '../../analyses/asked-model.ts';
import { commandLine, type FlagWords, folderWord, modelFlag } from '../../analyses/command-line.ts';
import type { PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { wordsOf } from '../analyses/words-of.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { computing, namedModels, readingFlags } from './model-facts.ts';
import { t } from './texts.ts';
import { toldFacts } from './told-facts.ts';

/** What an analysis was given when its work was laid out. */
interface Given {
  readonly models: readonly AskedModel[];
  readonly samples: PairSet | QuestionList;
  readonly reading: Required<ImageReading>;
}

/** What charts of an analysis that asks models carry. @param values with which it was laid out */
export function probeFacts(
  analysis: Pick<Probe, 'declaration' | 'words'>,
  { models, samples, reading }: Given,
  values: SettingValues,
): PageFacts {
  const { declaration } = analysis;
  const { name, writes, samplesFlag, method } = declaration;
  const { place = null } = samples;
  const own = 'whole' in samples && samples.whole === true;
  const before: FlagWords = [
    ...models.flatMap((model): FlagWords => {
      const flag = modelFlag(declaration.models, model.name);
      return flag === null ? [] : [[flag, folderWord(model.checkpoint.name)]];
    }),
    [samplesFlag, place ?? `<${samples.name}>`],
  ];
  const { flags, ...computed } = computing(models);
  const after: FlagWords = [
    ...readingFlags(reading),
    ...flags,
    ['out', writes === 'json' ? `${name}.json` : name],
  ];
  const without = models.flatMap(({ name: called }) =>
    modelFlag(declaration.models, called) === null ? [called] : [],
  );
  const seed = values['seed'];
  const facts = {
    ...{ analysis: name, method, ...computed },
    checkpoints: namedModels(models),
    seed: typeof seed === 'number' ? seed : null,
    settings: { ...values, ...reading },
    command: own ? null : commandLine(declaration, values, { before, after }),
  };
  return toldFacts(facts, () => ({
    ...{ done: wordsOf(analysis).title, on: samples.name },
    remarks: [
      ...(own ? [t.byHand] : place === null ? [t.samples(samples.name)] : []),
      ...(without.length > 0 && !own ? [t.without(without)] : []),
    ],
  }));
}
