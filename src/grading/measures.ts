import { tagText, type Tag } from './rewards/tags.ts';

/** A measure of how a response reasons, with the definition that the screen shows. P2 names these and defines none (docs/method.md §9.3). */
export interface ReasoningMeasure {
  readonly name: string;
  readonly unit: string;
  readonly definition: string;
}

/** Words that announce a second look; matched at the beginning of a word, whatever the case. */
export const SELF_REFLECTION =
  /\b(?:wait|hold on|hmm+|actually|on second thought|let me (?:re-?check|check|verify|re-?think|reconsider|look again)|i should (?:check|verify)|double[- ]check|re-?check|re-?examine|reconsider|mistake|that(?:'s| is) (?:wrong|not right|incorrect))\b/gi;

/** Phrases that point at what is seen. */
export const VISUAL_REFERENCE =
  /\b(?:(?:in|from|on|at) the (?:image|picture|figure|diagram|chart|graph|plot|table|photo|clock|board|grid|maze)|the (?:image|picture|figure|diagram|chart|graph|plot|photo) (?:shows?|depicts?|contains?|has)|i (?:can )?see|we (?:can )?see|as (?:shown|seen|pictured)|looking at|(?:is|are) visible)\b/gi;

export const REASONING_MEASURES = {
  tokens: {
    name: 'Length',
    unit: 'tokens',
    definition:
      'Tokens of the response, and of what stands inside each tag. Tags themselves do not count for their contents. Text is cut into tokens by the model’s own tokenizer.',
  },
  selfReflection: {
    name: 'Self-reflection',
    unit: 'per 100 words of thinking',
    definition:
      'Occurrences of words and phrases that announce a second look (wait, hmm, actually, hold on, on second thought, let me check, double-check, recheck, reconsider, mistake, that is wrong), inside <think> and <rethink>, per 100 words there.',
  },
  visualReferences: {
    name: 'Visual references',
    unit: 'per 100 words of thinking',
    definition:
      'Occurrences of phrases that point at what is seen (in the image, the picture shows, I see, as shown, looking at, is visible; image may be picture, figure, diagram, chart, graph, plot, photo, clock, board, grid, maze), inside <think> and <rethink>, per 100 words there.',
  },
} as const satisfies Readonly<Record<string, ReasoningMeasure>>;

export interface ReasoningCounts {
  /** Words in <think> and <rethink>; a word is a run without space. */
  readonly words: number;
  readonly selfReflections: number;
  readonly visualReferences: number;
}

/** What stands in the tags that reason. Without a <think> tag, all of the response before <answer>. */
export function reasoningText(response: string): string {
  const parts = (['think', 'rethink'] as const).map((tag) => tagText(response, tag));
  if (parts[0] === undefined) return response.split('<answer>')[0] ?? '';
  return parts.filter((part) => part !== undefined).join('\n');
}

export function countReasoning(response: string): ReasoningCounts {
  const text = reasoningText(response);
  return {
    words: text.match(/\S+/g)?.length ?? 0,
    selfReflections: text.match(SELF_REFLECTION)?.length ?? 0,
    visualReferences: text.match(VISUAL_REFERENCE)?.length ?? 0,
  };
}

/** Occurrences per 100 words over many responses: sums first, so that long responses weigh by their length. */
export function perHundredWords(occurrences: number, words: number): number {
  return words === 0 ? 0 : (100 * occurrences) / words;
}

/** Tokens inside each tag that a response has; `count` cuts text into tokens. */
export function tokensPerTag(
  response: string,
  count: (text: string) => number,
): Readonly<Partial<Record<Tag, number>>> {
  const tags = ['description', 'think', 'visual', 'rethink', 'answer'] as const;
  const found = tags.flatMap((tag) => {
    const text = tagText(response, tag);
    return text === undefined ? [] : [[tag, count(text)] as const];
  });
  return Object.fromEntries(found);
}
