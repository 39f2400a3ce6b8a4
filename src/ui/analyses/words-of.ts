import type { Words } from '../../analyses/declaration.ts';
import { texts } from '../language/texts.ts';

/** By the name of an analysis, its words in another language than English. */
const spoken = texts<Readonly<Record<string, Words | undefined>>>('analysis-words', {});

/** What is said of an analysis, in the language that is spoken: looked up when it is read, like all texts. */
export function wordsOf<W extends Words>(analysis: {
  readonly declaration: { readonly name: string };
  readonly words: W;
}): W {
  return (spoken[analysis.declaration.name] as W | undefined) ?? analysis.words;
}

/** An analysis as pages name it. */
export function spokenOf<W extends Words, D extends { readonly name: string }>(analysis: {
  readonly declaration: D;
  readonly words: W;
}): { readonly declaration: D; readonly words: W } {
  return {
    declaration: analysis.declaration,
    get words() {
      return wordsOf(analysis);
    },
  };
}
