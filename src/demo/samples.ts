/** Samples as a reader browses them: picture, question, answer, whatever set they come from. */
import type { PairSet, QuestionItem, ReadSet } from './sets.ts';
import { fetchSet, loadPairs, loadProblems, loadPuzzles, loadQuestions } from './sets.ts';
import type { Pair } from '../probes/data/pair.ts';
import { TASKS } from '../probes/task.ts';

export type SampleSet = PairSet | 'problems' | 'general-vqa' | 'math-targeted-vqa' | 'puzzles';

export interface Sample {
  readonly id: string;
  /** A pair's task, a puzzle's family, a question's type. */
  readonly family: string;
  readonly prompt: string;
  readonly answer: string;
  /** null for text-only problems; a pair's target. */
  readonly image: Blob | null;
  /** The other picture of a pair, and what would be right of it. */
  readonly source: { readonly image: Blob; readonly answer: string } | null;
  /** What is visible, by rule; empty where there is none. */
  readonly description: string;
  /** A short way to the answer; empty where looking is all. */
  readonly rationale: string;
  /** From 1, the easiest; null for pairs. */
  readonly level: number | null;
}

/** A committed set whole, in its own order. @throws NamedError those of `sets.ts` */
export async function loadSamples(set: SampleSet, read: ReadSet = fetchSet): Promise<readonly Sample[]> {
  switch (set) {
    case 'pairs':
    case 'minimal-pairs': {
      const byTask = await Promise.all(TASKS.map((task) => loadPairs(task, { set, read })));
      return byTask.flat().map(pairSample);
    }
    case 'problems':
      return (await loadProblems(read)).map((problem) => ({
        ...{ id: problem.id, family: problem.questionType, prompt: problem.question, answer: problem.answer },
        ...{ image: null, source: null, description: '', rationale: problem.rationale, level: problem.level },
      }));
    case 'puzzles':
      return (await loadPuzzles(undefined, read)).map((puzzle) => questionSample(puzzle, puzzle.category));
    default:
      return (await loadQuestions(set, read)).map((question) =>
        questionSample(question, question.questionType),
      );
  }
}

/** The families of a list, in the order they occur. */
export function familiesOf(samples: readonly Sample[]): readonly string[] {
  return [...new Set(samples.map(({ family }) => family))];
}

function pairSample(pair: Pair): Sample {
  return {
    ...{ id: pair.id, family: pair.task, prompt: pair.prompt, answer: pair.targetAnswer, image: pair.target },
    source: { image: pair.source, answer: pair.sourceAnswer },
    ...{ description: '', rationale: '', level: null },
  };
}

function questionSample(item: QuestionItem, family: string): Sample {
  const { id, question, answer, image, description, rationale, level } = item;
  return { ...{ id, family, prompt: question, answer, image, source: null }, description, rationale, level };
}
