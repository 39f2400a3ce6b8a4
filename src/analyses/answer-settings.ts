/** How questions are put where the settings leave it open: by page and by command alike. */
import type { ImageReading } from '../engine/protocol/prompt.ts';
import { type AnswerSettings, MAX_NEW_TOKENS } from '../evaluation/answers/ask.ts';
import { PROMPT_STYLES, type PromptStyleName } from '../evaluation/prompt-style.ts';
import type { AskedModel } from './asked-model.ts';
import type { ValuesOf } from './declaration.ts';
import type { EVALUATED } from './shared-settings.mjs';

type HowAsked = Pick<ValuesOf<typeof EVALUATED>, 'style' | 'maxNewTokens'>;

/** What of models decides how they are asked. */
interface AnsweringModel {
  readonly checkpoint: Pick<AskedModel['checkpoint'], 'name'>;
  readonly model: Pick<AskedModel['model'], 'device' | 'dtype'>;
}

/** The demo family's answers end by themselves long before. */
const DEMO_NEW_TOKENS = 160;

/** As it was chosen; else `demo` for the demo family, and `reasoner`. The style belongs to the recipe: all are asked alike. */
export function styleOf(
  models: readonly Pick<AnsweringModel, 'checkpoint'>[],
  { style }: Pick<HowAsked, 'style'>,
): PromptStyleName {
  const isDemo = models.length > 0 && models.every(({ checkpoint }) => checkpoint.name.startsWith('demo:'));
  return style ?? (isDemo ? 'demo' : 'reasoner');
}

export function answerSettings(
  models: readonly AnsweringModel[],
  values: HowAsked,
  reading: Required<ImageReading>,
): AnswerSettings {
  const style = PROMPT_STYLES[styleOf(models, values)];
  const [first] = models;
  return {
    style,
    maxNewTokens: values.maxNewTokens ?? (style.name === 'demo' ? DEMO_NEW_TOKENS : MAX_NEW_TOKENS),
    ...reading,
    device: first?.model.device ?? '',
    dtype: first?.model.dtype ?? '',
  };
}
