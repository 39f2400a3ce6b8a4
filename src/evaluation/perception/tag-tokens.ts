import { tokensPerTag } from '../../grading/measures.ts';
import { type Tag, tagText } from '../../grading/rewards/tags.ts';
import { mean } from '../../statistics/mean.ts';
import type { GradedAnswer } from '../tables/graded.ts';

export const RESPONSE_TAGS = [
  'description',
  'think',
  'visual',
  'rethink',
  'answer',
] as const satisfies readonly Tag[];

/** Mean tokens within a tag, over the `n` responses that have it. */
export type TagTokens = Readonly<Partial<Record<Tag, { readonly n: number; readonly mean: number }>>>;

/** Cuts texts into tokens, all in one call; returns how many each has. */
export type CountTokens = (texts: readonly string[]) => Promise<readonly number[]>;

/** How long responses are within each tag, in tokens of the model's own tokenizer. */
export async function tokensWithinTags(
  graded: readonly GradedAnswer[],
  count: CountTokens,
): Promise<TagTokens> {
  const texts = new Set(
    graded.flatMap(({ response }) => RESPONSE_TAGS.flatMap((tag) => tagText(response, tag) ?? [])),
  );
  const counts = texts.size > 0 ? await count([...texts]) : [];
  const tokens = new Map([...texts].map((text, index) => [text, counts[index] ?? 0]));
  const responses = graded.map(({ response }) => tokensPerTag(response, (text) => tokens.get(text) ?? 0));
  return Object.fromEntries(
    RESPONSE_TAGS.flatMap((tag) => {
      const own = responses.flatMap((found) => found[tag] ?? []);
      return own.length > 0 ? [[tag, { n: own.length, mean: mean(own) }] as const] : [];
    }),
  );
}
