import { NamedError } from '../../named-error.ts';
import { type JsonLine, readJsonLines, textField } from '../../probes/data/json-lines.ts';
import type { ColumnChoice } from '../../probes/data/columns.ts';
import { LIST_FORMATS, listsAmong } from '../../probes/data/row-file.ts';
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
 * Sorts the questions of every list (JSONL, Parquet, TSV, CSV) below a folder: MathVista's categories `general-vqa` and
 * `math-targeted-vqa`, text-only problems, and puzzles. A `descriptions.jsonl` of `id, description` describes the images of
 * lists that do not themselves, as MathVista's.
 * `choiceOf` says of each list which columns hold what, where their names are not known.
 *
 * @throws NamedError `NoProblems`, `DuplicateId`, `UnknownSample`; those of `readSamples`.
 */
export async function readItemFolder(
  files: ReadonlyMap<string, Blob>,
  choiceOf: (path: string) => ColumnChoice = () => ({}),
): Promise<ItemSets> {
  const found = listsAmong(files.keys());
  const isDescriptions = (path: string): boolean => path.split('/').at(-1) === 'descriptions.jsonl';
  const lists = found.filter((path) => !isDescriptions(path));
  if (lists.length === 0) {
    throw new NamedError(
      'NoProblems',
      `none of the ${files.size} files is ${LIST_FORMATS}`,
      {},
      'give a folder of general-vqa.jsonl, math-targeted-vqa.jsonl, problems.jsonl, or MathVista and MATH-500',
    );
  }
  const all: EvaluationSample[] = [];
  for (const path of lists) all.push(...(await readSamples(path, files, choiceOf(path))));
  let described = all;
  for (const path of found.filter(isDescriptions)) {
    described = withDescriptions(described, await readJsonLines(files.get(path) as Blob, path), path);
  }
  return sortSamples(described);
}

/** @throws NamedError `UnknownSample` where a line describes a question that is not there; `MissingField`. */
function withDescriptions(
  samples: readonly EvaluationSample[],
  lines: readonly JsonLine[],
  path: string,
): EvaluationSample[] {
  const descriptions = new Map(
    lines.map((line) => [textField(line, path, 'id', 'pid'), textField(line, path, 'description')]),
  );
  const known = new Set(samples.map(({ id }) => id));
  for (const id of descriptions.keys()) {
    if (known.has(id)) continue;
    const what = `it describes ${id}, which is no question of this folder`;
    throw new NamedError('UnknownSample', what, { file: path, field: 'id' }, 'use the ids of the questions');
  }
  return samples.map((sample) => {
    const description = descriptions.get(sample.id);
    return description === undefined ? sample : { ...sample, description };
  });
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
