import { NamedError } from '../named-error.ts';
import { framedPieces, isLettered, listedChoices } from '../probes/problem-prompt.ts';
import type { PromptStyle } from './prompt-style.ts';
import type { EvaluationSample } from './samples/sample.ts';

/** What the model is shown; the reference's names of input types. */
export const INPUT_TYPES = [
  'image_question',
  'black_image_question',
  'black_image_description_question',
  'description_question',
  'question_only',
] as const;
export type InputType = (typeof INPUT_TYPES)[number];

/** One setting of an experiment: its name is also its file's. */
export interface Setting {
  readonly name: string;
  readonly input: InputType;
}

/** Which picture goes with the text. */
export type Picture = 'own' | 'black' | 'none';

export const PICTURE: Readonly<Record<InputType, Picture>> = {
  image_question: 'own',
  black_image_question: 'black',
  black_image_description_question: 'black',
  description_question: 'none',
  question_only: 'none',
};

/**
 * The text put to the model, in pieces where pictures stand between them; one piece where they stand before the text, or there are
 * none. Prefix, description where the setting has one, question, options by letter.
 *
 * @throws NamedError `MissingDescription` where the setting needs one and the sample has none.
 */
export function promptPieces(
  sample: EvaluationSample,
  input: InputType,
  style: PromptStyle,
): readonly string[] {
  // Options are listed where the style is one of P1's; the demo family was never shown lists, but cannot give a letter without.
  const suffix = style.prefix === '' && !isLettered(sample) ? '' : listedChoices(sample);
  if (input !== 'black_image_description_question' && input !== 'description_question') {
    const { question, around } = sample;
    const isPictured = PICTURE[input] !== 'none' && around !== undefined;
    return framedPieces(isPictured ? { question, around } : { question }, { prefix: style.prefix, suffix });
  }
  if (!sample.description) {
    throw new NamedError(
      'MissingDescription',
      `${sample.id} has no description to stand in for its image`,
      { field: 'description' },
      'add one to the data, or leave the experiment out',
    );
  }
  const { after, between } = style.separators;
  const asked = sample.question + suffix;
  return [
    `${style.prefix}Image Description:${after}${sample.description}${between}Question:${after}${asked}`,
  ];
}
