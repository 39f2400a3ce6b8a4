import { type AnswerSettings, MAX_NEW_TOKENS } from '../evaluation/answers/ask.ts';
import { PROMPT_STYLE_NAMES, PROMPT_STYLES } from '../evaluation/prompt-style.ts';
import { demoItems } from '../evaluation/samples/demo-items.ts';
import { drawSamples } from '../evaluation/samples/draw.ts';
import { itemCounts } from '../evaluation/samples/item-counts.ts';
import { type ItemSets, readItemFolder } from '../evaluation/samples/item-folder.ts';
import type { CommandContext } from './context.ts';
import { imageReading } from './image-reading.ts';
import { givenColumns } from './problems.ts';

/** The demo family's answers end by themselves long before. */
const DEMO_NEW_TOKENS = 160;

/** `--items`, `--samples`, `--seed`: each set drawn as NumPy does; without `--items` the app's own sets. */
export async function givenItems({ inputs, flags, notice }: CommandContext): Promise<ItemSets> {
  const given = inputs.one('items');
  const columns = givenColumns(flags);
  const sets = given ? await readItemFolder(given.files, () => columns) : await demoItems();
  if (given) notice(itemCounts(sets));
  const [samples, seed] = [flags.number('samples'), flags.requiredNumber('seed')];
  const drawn = <Sample>(set: readonly Sample[]): readonly Sample[] =>
    drawSamples(set, samples ?? set.length, seed);
  return {
    general: drawn(sets.general),
    mathTargeted: drawn(sets.mathTargeted),
    textOnly: drawn(sets.textOnly),
    puzzles: drawn(sets.puzzles),
  };
}

/** `--style` and what the machine does; the style belongs to the recipe: all variants are asked alike. */
export async function answerSettings(context: CommandContext, isDemo: boolean): Promise<AnswerSettings> {
  const { flags, checkpoints } = context;
  const { device, dtype } = await checkpoints.loadOptions();
  const style = PROMPT_STYLES[flags.choice('style', PROMPT_STYLE_NAMES) ?? (isDemo ? 'demo' : 'reasoner')];
  return {
    style,
    maxNewTokens: flags.number('maxNewTokens') ?? (style.name === 'demo' ? DEMO_NEW_TOKENS : MAX_NEW_TOKENS),
    ...imageReading(context),
    device,
    dtype,
  };
}

/** What decides every answer, for a result's provenance. */
export function settingsFacts({ style, ...settings }: AnswerSettings): object {
  return { ...settings, promptStyle: style.name, system: style.system ?? null, prefix: style.prefix };
}
