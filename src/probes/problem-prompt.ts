import type { ImageReading, PromptSpec } from '../engine/protocol/prompt.ts';
import { CHOICE_LETTERS } from '../grading/answers/choice.ts';
import { placedQuestion } from '../vlm/chat.ts';
import { openPicture, type Pictured, picturesIn } from './data/picture.ts';
import type { Problem } from './data/problem.ts';

/** What stands around every question. */
export interface PromptFrame {
  readonly prefix?: string;
  readonly suffix?: string;
}

/**
 * A question's text in its frame, piece by piece around its pictures; one piece where they all stand before it. The prefix comes
 * before the first words.
 */
export function framedPieces(
  { question, around }: Pick<Problem, 'question'> & Pictured,
  { prefix = '', suffix = '' }: PromptFrame,
): readonly string[] {
  if (!around) return [prefix + question + suffix];
  const first = around.findIndex((text) => text !== '');
  return around.map(
    (text, index) => (index === first ? prefix : '') + text + (index === around.length - 1 ? suffix : ''),
  );
}

/** How pieces of text and pictures are put to the engine: in their order, or pictures first where there is one piece. */
export function piecesPrompt(
  pieces: readonly string[],
  images: readonly Blob[],
  system: string | undefined,
): PromptSpec {
  if (pieces.length > 1) return { messages: placedQuestion(pieces, system), images };
  return { prompt: pieces[0] ?? '', images, ...(system === undefined ? {} : { system }) };
}

/**
 * A problem as the engine is asked it, with all its pictures where they stand. Options are listed where the answer is one's
 * letter: it could not be given otherwise.
 *
 * @throws NamedError `BadPicture`
 */
export async function problemPrompt(
  problem: Problem,
  { system, ...others }: Pick<PromptSpec, 'system' | keyof ImageReading> = {},
  prefix = '',
): Promise<PromptSpec> {
  const images = await Promise.all(picturesIn(problem).map(openPicture));
  const pieces = framedPieces(problem, { prefix, suffix: isLettered(problem) ? listedChoices(problem) : '' });
  return { ...others, ...piecesPrompt(pieces, images, system) };
}

/** "Choices:", then each option after its letter; nothing where there are none. */
export function listedChoices({ choices = [] }: Pick<Problem, 'choices'>): string {
  if (choices.length === 0) return '';
  const listed = choices
    .slice(0, CHOICE_LETTERS.length)
    .map((choice, i) => `${CHOICE_LETTERS[i]}. ${choice}`);
  return `\n\nChoices:\n${listed.join('\n')}`;
}

/** Whether the answer is an option's letter: then options have to be shown. */
export function isLettered({ answer, choices = [] }: Pick<Problem, 'answer' | 'choices'>): boolean {
  const index = answer.length === 1 ? CHOICE_LETTERS.indexOf(answer) : -1;
  return index >= 0 && index < choices.length && !choices.includes(answer);
}
