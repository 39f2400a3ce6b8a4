import { loadProblems, loadPuzzles, loadQuestions, type ReadSet } from '../../demo/sets.ts';
import type { ItemSets } from './item-sets.ts';

/** The committed sets; without `read` they are fetched beside the page. @throws NamedError those of loading a set. */
export async function demoItems(read?: ReadSet): Promise<ItemSets> {
  const [general, mathTargeted, textOnly, puzzles] = await Promise.all([
    loadQuestions('general-vqa', read),
    loadQuestions('math-targeted-vqa', read),
    loadProblems(read),
    loadPuzzles(undefined, read),
  ]);
  return { general, mathTargeted, textOnly, puzzles };
}
