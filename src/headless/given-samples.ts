/** What flags name to be asked: pair folders, lists of questions, sets of questions with right answers. */
import type { ProbeDeclaration } from '../analyses/declaration.ts';
import type { PairSet, QuestionList } from '../analyses/probe.ts';
import type { SettingValues } from '../analyses/setting-values.ts';
import { demoItems } from '../evaluation/samples/demo-items.ts';
import { drawSets } from '../evaluation/samples/draw.ts';
import { itemCounts } from '../evaluation/samples/item-counts.ts';
import type { ItemSets } from '../evaluation/samples/item-sets.ts';
import { NamedError } from '../named-error.ts';
import { type ColumnChoice, parseColumns } from '../probes/data/columns.ts';
import { LIST_FORMATS, listName, listsAmong } from '../probes/data/row-file.ts';
import { openItems, openProblemList, readPairs } from '../reading/client.ts';
import { heldSamples } from '../reading/sample-source.ts';
import type { AnalysisContext } from './context.ts';
import type { FlagReader } from './flag-reader.ts';

/**
 * The pairs of a folder. Prompts that begin with a literal <image> are told.
 *
 * @throws NamedError those of `readPairs`
 */
export async function givenPairs(
  { inputs, notice, signal, onProgress }: AnalysisContext,
  flag: string,
  values: SettingValues,
): Promise<PairSet> {
  const { name, files } = inputs.one(flag) ?? { name: '', files: new Map<string, File>() };
  const literalImage = values['literalImage'] === 'keep' ? 'keep' : 'strip';
  const { pairs, literalImages } = await readPairs(files, { literalImage }, { signal, onProgress });
  if (literalImages > 0) {
    const what = literalImage === 'strip' ? 'left out' : 'passed on as text';
    notice(`${literalImages} prompts begin with a literal <image>: ${what}`);
  }
  return { name, pairs, literalImage, literalImages };
}

/**
 * The questions of a list, or of a folder that holds one; or the one question that `--prompt` and `--image` make.
 *
 * @throws NamedError `MissingFlag`, `NoProblems`, `SeveralLists`, and those of reading
 */
export async function givenQuestions(
  { inputs, flags, signal, onProgress, atEnd }: AnalysisContext,
  { samplesFlag: flag, takesPrompt = false }: Pick<ProbeDeclaration, 'samplesFlag' | 'takesPrompt'>,
): Promise<QuestionList> {
  const prompt = takesPrompt ? flags.text('prompt') : undefined;
  const images = takesPrompt ? inputs.list('image') : [];
  if (takesPrompt && (prompt === undefined) === (inputs.one(flag) === undefined)) {
    const what = `${prompt === undefined ? 'neither --prompt nor' : 'both --prompt and'} --${flag} is given`;
    throw new NamedError('MissingFlag', what, {}, 'give one of the two');
  }
  if (prompt !== undefined) return oneQuestion(prompt, images);
  if (images.length > 0)
    throw new NamedError('MissingFlag', '--image is given without --prompt', {}, 'give both');
  const files = inputs.one(flag)?.files ?? new Map<string, File>();
  const lists = listsAmong(files.keys());
  const [path, ...others] = lists;
  if (path === undefined) {
    throw new NamedError(
      'NoProblems',
      `there is no ${LIST_FORMATS} among the files`,
      { field: `--${flag}` },
      'name the list',
    );
  }
  if (others.length > 0) {
    throw new NamedError(
      'SeveralLists',
      `there are ${lists.length} lists: ${lists.join(', ')}`,
      { field: `--${flag}` },
      'name the list itself',
    );
  }
  const source = await openProblemList(path, files, givenColumns(flags), { signal, onProgress });
  atEnd(() => source.close());
  return { name: listName(path), source };
}

function oneQuestion(question: string, [image, ...moreImages]: readonly File[]): QuestionList {
  const pictures = image ? { image, moreImages } : {};
  return { name: 'prompt', source: heldSamples([{ id: 'prompt', question, answer: '', ...pictures }]) };
}

/**
 * Questions with right answers, by what they are good for, drawn as NumPy draws them by `--samples` and `--seed`: those of `--items`,
 * else the app's own.
 *
 * @throws NamedError those of reading
 */
export async function givenItems(context: AnalysisContext): Promise<ItemSets> {
  const { inputs, flags, notice, signal, onProgress } = context;
  const given = inputs.one('items');
  const columns = givenColumns(flags);
  const choice = { samples: flags.number('samples') ?? null, seed: flags.requiredNumber('seed') };
  if (!given) return drawSets(await demoItems(), choice);
  const choices = new Map(listsAmong(given.files.keys()).map((path) => [path, columns]));
  const items = await openItems(given.files, choices, { signal, onProgress });
  notice(itemCounts(items.counts));
  const own = await items.drawn(choice);
  items.close();
  return own;
}

/** `--columns`; empty where it was not given. @throws NamedError `BadValue` */
export function givenColumns(flags: FlagReader): ColumnChoice {
  const text = flags.text('columns');
  return text === undefined ? {} : parseColumns(text);
}
