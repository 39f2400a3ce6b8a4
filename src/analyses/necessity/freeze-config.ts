import { NamedError } from '../../named-error.ts';

/** Which LLM layers are frozen, counted from 1 as on the strip, both ends included. */
export interface FreezeChoice {
  /** LLM layers of the model. */
  readonly layers: number;
  readonly first: number;
  readonly last: number;
  /** Vision tower and projector are trained too, or frozen as most trainers do unless told. */
  readonly vision: 'frozen' | 'trained';
  /** Whether embedding and head are one tensor (3B), so that no head is named. */
  readonly tiedHead: boolean;
}

export type Trainer = 'ms-swift' | 'axolotl' | 'LLaMA-Factory' | 'TRL or verl';

/** What to give a trainer, or why it cannot do it. */
export type FreezeConfig = {
  readonly trainer: Trainer;
  /** What should be known before it is used. */
  readonly note: string;
} & (
  | { readonly kind: 'text'; readonly language: 'shell' | 'yaml' | 'python'; readonly text: string }
  | { readonly kind: 'impossible'; readonly reason: string }
);

/** Prefixes under which transformers has the LLM: up to 4.51, from 4.52 on, and nested exports. */
const LANGUAGE = ['model.', 'model.language_model.', 'language_model.model.'];
const VISION = ['visual.', 'model.visual.'];
const HEADS = ['lm_head.', 'language_model.lm_head.'];

/**
 * The regular expression of a frozen region's parameters, in every spelling of their names. It is anchored on both sides,
 * so that `match`, `search` and `fullmatch` agree, and vision blocks, which are numbered alike, are never meant.
 *
 * @throws NamedError `InvalidRegion`
 */
export function frozenPattern(choice: FreezeChoice): string {
  return `^(${LANGUAGE.map(escaped).join('|')})layers\\.(${numbers(frozenLayers(choice))})\\..*$`;
}

/** Settings for trainers in use (docs/method.md §8): freeze one region, leave all else as in the plain run. */
export function freezeConfigs(choice: FreezeChoice): readonly FreezeConfig[] {
  return [swift(choice), axolotl(choice), llamaFactory(choice), patch(choice)];
}

function swift(choice: FreezeChoice): FreezeConfig {
  const vision = choice.vision === 'frozen';
  return {
    trainer: 'ms-swift',
    kind: 'text',
    language: 'shell',
    text: [
      '--train_type full \\',
      `--freeze_llm false --freeze_vit ${vision} --freeze_aligner ${vision} \\`,
      `--freeze_parameters_regex '${frozenPattern(choice)}'`,
    ].join('\n'),
    note: 'For swift rlhf --rlhf_type grpo. Newer versions call --train_type --tuner_type.',
  };
}

/**
 * axolotl names what is trained; it escapes every dot itself and matches at the beginning of a name, so that patterns
 * hold neither wildcards nor anchors.
 */
function axolotl(choice: FreezeChoice): FreezeConfig {
  const frozen = new Set(frozenLayers(choice));
  const trained = Array.from({ length: choice.layers }, (_, layer) => layer).filter(
    (layer) => !frozen.has(layer),
  );
  const patterns = [
    ...LANGUAGE.flatMap((prefix) => [
      ...(trained.length > 0 ? [`${prefix}layers.(${numbers(trained)}).`] : []),
      `${prefix}embed_tokens.`,
      `${prefix}norm.`,
    ]),
    ...(choice.tiedHead ? [] : HEADS),
    ...(choice.vision === 'trained' ? VISION : []),
  ];
  return {
    trainer: 'axolotl',
    kind: 'text',
    language: 'yaml',
    text: ['unfrozen_parameters:', ...patterns.map((pattern) => `  - ${pattern}`)].join('\n'),
    note: 'Patterns of all spellings are listed; those that match no parameter do nothing.',
  };
}

/** LLaMA-Factory trains the first n or the last n layers: a region in the middle cannot be frozen alone. */
function llamaFactory({ layers, first, last, vision, tiedHead }: FreezeChoice): FreezeConfig {
  const trainer = 'LLaMA-Factory' as const;
  const note = 'It has PPO, DPO and KTO, and no GRPO.';
  const trainable = first === 1 ? layers - last : last === layers ? -(first - 1) : 0;
  if (trainable === 0) {
    const reason =
      first === 1 && last === layers
        ? 'it cannot freeze every layer'
        : 'it trains the first n or the last n layers; a region between trained ones cannot be frozen';
    return { trainer, kind: 'impossible', reason, note };
  }
  return {
    trainer,
    kind: 'text',
    language: 'yaml',
    text: [
      'finetuning_type: freeze',
      `freeze_trainable_layers: ${trainable}`,
      `freeze_extra_modules: embed_tokens,norm${tiedHead ? '' : ',lm_head'}`,
      `freeze_vision_tower: ${vision === 'frozen'}`,
      `freeze_multi_modal_projector: ${vision === 'frozen'}`,
    ].join('\n'),
    note:
      vision === 'trained'
        ? `${note} Vision blocks of the same numbers as trained layers are trained, others not.`
        : note,
  };
}

function patch(choice: FreezeChoice): FreezeConfig {
  const patterns = [
    frozenPattern(choice),
    ...(choice.vision === 'frozen' ? [`^(${VISION.map(escaped).join('|')}).*$`] : []),
  ];
  return {
    trainer: 'TRL or verl',
    kind: 'text',
    language: 'python',
    text: [
      'import re',
      '',
      `frozen = re.compile(r"${patterns.join('|')}")`,
      'for name, parameter in model.named_parameters():',
      '    if frozen.match(name):',
      '        parameter.requires_grad_(False)',
    ].join('\n'),
    note: 'Before the trainer, and so the optimizer, is made: otherwise weight decay still moves frozen weights. FSDP (verl) needs use_orig_params=True.',
  };
}

/** 0-based, as in parameter names. */
function frozenLayers({ layers, first, last }: FreezeChoice): readonly number[] {
  const whole = [layers, first, last].every(Number.isInteger);
  if (!whole || first < 1 || last > layers || first > last) {
    throw new NamedError(
      'InvalidRegion',
      `layers ${first} to ${last} are not a region of ${layers} layers`,
      { field: 'region' },
      `give 1 ≤ first ≤ last ≤ ${layers}`,
    );
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first - 1 + index);
}

function numbers(layers: readonly number[]): string {
  return layers.join('|');
}

function escaped(text: string): string {
  return text.replaceAll('.', '\\.');
}
