import type { Metric } from '../grading/metrics.ts';
import type { EvaluationSample } from './samples/sample.ts';
import type { Setting } from './setting.ts';

/** What an experiment measures: one of P1's metrics, or the gap between image and text (P2). */
export type Measured = Metric | 'gap';

/** Samples with the settings they are asked in. */
export interface Experiment {
  /** The reference's name; also its folder's. */
  readonly name: string;
  readonly description: string;
  readonly metric: Measured;
  readonly samples: readonly EvaluationSample[];
  readonly settings: readonly [Setting] | readonly [Setting, Setting];
}

const WITH_IMAGE: Setting = { name: 'A_image_prompt', input: 'image_question' };

/** P1's three experiments (docs/method.md §7.2). Those without samples are left out. */
export function transferExperiments(samples: {
  readonly general: readonly EvaluationSample[];
  readonly mathTargeted: readonly EvaluationSample[];
  readonly textOnly: readonly EvaluationSample[];
}): readonly Experiment[] {
  const all: readonly Experiment[] = [
    {
      name: 'perception_general_vqa',
      description: 'General visual questions, with the image and with a black one',
      metric: 'M_vis',
      samples: samples.general,
      settings: [WITH_IMAGE, { name: 'B_black_image_prompt', input: 'black_image_question' }],
    },
    {
      name: 'alignment_math_vqa',
      description: 'Mathematical visual questions, with the image and with a black one and its description',
      metric: 'M_v2r',
      samples: samples.mathTargeted,
      settings: [WITH_IMAGE, { name: 'B_black_desc_prompt', input: 'black_image_description_question' }],
    },
    {
      name: 'reasoning_math500',
      description: 'Problems without an image',
      metric: 'M_rea',
      samples: samples.textOnly,
      settings: [{ name: 'A_prompt_only', input: 'question_only' }],
    },
  ];
  return all.filter(({ samples: own }) => own.length > 0);
}

/** How a text stands in for the image: alone (P2), or with a black image (as the demo family was trained). */
export type TextSide = 'description_question' | 'black_image_description_question';

/** P2's first experiment (docs/method.md §9.1): image + question against rule-made text + question. */
export function gapExperiment(samples: readonly EvaluationSample[], text: TextSide): Experiment {
  return {
    name: 'perception_gap',
    description: 'Puzzles with the image, and with its content as text',
    metric: 'gap',
    samples,
    settings: [WITH_IMAGE, { name: 'B_text_prompt', input: text }],
  };
}
