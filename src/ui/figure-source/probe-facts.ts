import type { AskedModel } from '../../analyses/asked-model.ts';
import { commandLine, type FlagWords, folderWord, modelFlag } from '../../analyses/command-line.ts';
import type { PairSet, Probe, QuestionList } from '../../analyses/probe.ts';
import type { SettingValues } from '../../analyses/setting-values.ts';
import { listing } from '../../checkpoint/listing.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import type { PageFacts } from '../charts/export/figure-facts.ts';
import { computing, namedModels, readingFlags } from './model-facts.ts';

/** What an analysis was given when its work was laid out. */
interface Given {
  readonly models: readonly AskedModel[];
  readonly samples: PairSet | QuestionList;
  readonly reading: Required<ImageReading>;
}

/** What charts of an analysis that asks models carry. @param values with which it was laid out */
export function probeFacts(
  { declaration, words }: Pick<Probe, 'declaration' | 'words'>,
  { models, samples, reading }: Given,
  values: SettingValues,
): PageFacts {
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
  return {
    ...{ analysis: name, done: words.title, on: samples.name, method, ...computed },
    checkpoints: namedModels(models),
    seed: typeof seed === 'number' ? seed : null,
    settings: { ...values, ...reading },
    command: own ? null : commandLine(declaration, values, { before, after }),
    remarks: [
      ...(own
        ? ['The pair was made by hand on the page, so that no command names it.']
        : place === null
          ? [`<${samples.name}> stands for where these samples lie.`]
          : []),
      ...(without.length > 0 && !own
        ? [`The command has no flag for ${listing(without)}: it asks the other models alone.`]
        : []),
    ],
  };
}
