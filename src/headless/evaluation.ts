import { type AnswerSettings, MAX_NEW_TOKENS } from '../evaluation/answers/ask.ts';
import { PROMPT_STYLE_NAMES, PROMPT_STYLES } from '../evaluation/prompt-style.ts';
import { demoItems } from '../evaluation/samples/demo-items.ts';
import { drawSamples } from '../evaluation/samples/draw.ts';
import { itemCounts } from '../evaluation/samples/item-counts.ts';
import type { ItemSets } from '../evaluation/samples/item-sets.ts';
import { listsAmong } from '../probes/data/row-file.ts';
import { openItems } from '../reading/client.ts';
import type { CommandContext } from './context.ts';
import { imageReading } from './image-reading.ts';
import { givenColumns } from './given-samples.ts';

/** The demo family's answers end by themselves long before. */
const DEMO_NEW_TOKENS = 160;

/** `--items`, `--samples`, `--seed`: each set drawn as NumPy does; without `--items` the app's own sets. */
export async function givenItems(context: CommandContext): Promise<ItemSets> {
  const { inputs, flags, notice, signal, onProgress } = context;
  const given = inputs.one('items');
  const columns = givenColumns(flags);
  const [samples, seed] = [flags.number('samples'), flags.requiredNumber('seed')];
  if (given) {
    const choices = new Map(listsAmong(given.files.keys()).map((path) => [path, columns]));
    const items = await openItems(given.files, choices, { signal, onProgress });
    notice(itemCounts(items.counts));
    const own = await items.drawn(samples, seed);
    items.close();
    return own;
  }
  const sets = await demoItems();
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
