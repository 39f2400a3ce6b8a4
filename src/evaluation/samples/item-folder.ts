import { NamedError } from '../../named-error.ts';
import type { EvaluationSample } from './sample.ts';
import { readSamples } from './sample-file.ts';

/** Samples by what they are good for. */
export interface ItemSets {
  readonly general: readonly EvaluationSample[];
  readonly mathTargeted: readonly EvaluationSample[];
  readonly textOnly: readonly EvaluationSample[];
  /** With an image and its description, of any other category: image against text. */
  readonly puzzles: readonly EvaluationSample[];
}

/**
 * Sorts the questions of every `.jsonl` and `.parquet` below a folder: MathVista's categories `general-vqa` and
 * `math-targeted-vqa`, text-only problems, and puzzles.
 *
 * @throws NamedError `NoProblems`, `DuplicateId`; those of `readSamples`.
 */
export async function readItemFolder(files: ReadonlyMap<string, Blob>): Promise<ItemSets> {
  const lists = [...files.keys()].filter((path) => /\.(?:jsonl|parquet)$/.test(path)).sort();
  if (lists.length === 0) {
    throw new NamedError(
      'NoProblems',
      `none of the ${files.size} files is a .jsonl or .parquet`,
      {},
      'give a folder of general-vqa.jsonl, math-targeted-vqa.jsonl, problems.jsonl, or MathVista and MATH-500',
    );
  }
  const all: EvaluationSample[] = [];
  for (const path of lists) all.push(...(await readSamples(path, files)));
  return sortSamples(all);
}

/** @throws NamedError `DuplicateId` where two samples of a set share an id. */
export function sortSamples(all: readonly EvaluationSample[]): ItemSets {
  const of = (belongs: (sample: EvaluationSample) => boolean): readonly EvaluationSample[] => {
    const own = all.filter(belongs);
    const seen = new Set<string>();
    for (const { id } of own) {
      if (seen.has(id)) {
        const remedy = 'give each question its own id, or one list at a time';
        throw new NamedError('DuplicateId', `two questions are called ${id}`, { field: 'id' }, remedy);
      }
      seen.add(id);
    }
    return own;
  };
  const isVisual = ({ image }: EvaluationSample): boolean => image !== undefined;
  const asked = new Set(['general-vqa', 'math-targeted-vqa']);
  return {
    general: of((sample) => isVisual(sample) && sample.category === 'general-vqa'),
    mathTargeted: of((sample) => isVisual(sample) && sample.category === 'math-targeted-vqa'),
    textOnly: of((sample) => !isVisual(sample)),
    puzzles: of((sample) => isVisual(sample) && !asked.has(sample.category ?? '')),
  };
}
