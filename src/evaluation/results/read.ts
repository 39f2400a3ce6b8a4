import { NamedError } from '../../named-error.ts';
import type { FolderReading } from '../../probes/data/file-pieces.ts';
import { eachJsonLine, type JsonLine, textField } from '../../probes/data/json-lines.ts';
import { packedName, refusePacked } from '../../probes/data/packed.ts';
import type { Measured } from '../experiment.ts';
import type { GradedAnswer } from '../tables/graded.ts';

/** What each of the reference's experiments measures, its first split set and its second; and our own. */
const METRIC_OF: ReadonlyMap<string, Measured> = new Map(
  Object.entries({
    perception_general_vqa: 'M_vis',
    alignment_math_vqa: 'M_v2r',
    reasoning_math500: 'M_rea',
    pure_perception: 'M_vis',
    vision_reasoning: 'M_v2r',
    pure_reasoning: 'M_rea',
    perception_gap: 'gap',
  } as const),
);

/**
 * Goes through a folder of results, the reference implementation's or ours: every `<variant>/<experiment>/<setting>.jsonl` below
 * it, piece by piece, whatever its size. The verdict kept is the one the file calls primary: a judge's where there is one, else
 * the rules'. Setting A and B are told by their names. Files that are none of the layout (caches, splits, logs) are passed over.
 *
 * @throws NamedError `NoResults`, `CompressedFile`; `BadJsonLine`, `MissingField`, `UnknownSetting`, `DuplicateId` with file and line; those of
 * `eachJsonLine`
 */
export async function eachResult(
  files: ReadonlyMap<string, Blob>,
  visit: (answer: GradedAnswer) => void | Promise<void>,
  { onBytes, ...reading }: FolderReading = {},
): Promise<void> {
  const lists = [...files].filter(([path]) => path.endsWith('.jsonl'));
  if (lists.length === 0) await refusePackedResults(files);
  const total = lists.reduce((sum, [, { size }]) => sum + size, 0);
  let [before, found] = [0, 0];
  // Of each model, experiment and setting A or B, where each sample's record was found.
  const seen = new Map<string, Map<string, string>>();
  for (const [path, file] of lists) {
    const parts = path.split('/');
    // A file by itself says in its records where it belongs.
    let place = parts.length === 1 ? undefined : placeOf(parts.slice(-3), path);
    const own = { ...reading, onBytes: (done: number): void => onBytes?.(before + done, total) };
    const take = (line: JsonLine): void | Promise<void> => {
      if (place === undefined) place = placeOf(ownPlace(line, path), path);
      if (place === null) return undefined;
      const answer = answerOf(line, path, place);
      const of = JSON.stringify([answer.variant, answer.experiment, answer.settingIndex]);
      const same = seen.get(of) ?? new Map<string, string>();
      const earlier = same.get(answer.id);
      if (earlier !== undefined) throw duplicate(line, answer, earlier, path);
      same.set(answer.id, path);
      seen.set(of, same);
      found += 1;
      return visit(answer);
    };
    if (place !== null) await eachJsonLine(file, path, take, own);
    before += file.size;
  }
  if (found > 0) return;
  throw new NamedError(
    'NoResults',
    `none of the ${files.size} files is a <variant>/<experiment>/<setting>.jsonl`,
    {},
    `give a results folder; experiments known: ${[...METRIC_OF.keys()].join(', ')}`,
  );
}

/** @throws NamedError `CompressedFile` */
async function refusePackedResults(files: ReadonlyMap<string, Blob>): Promise<void> {
  for (const [path, file] of files) if (packedName(path)?.endsWith('.jsonl')) await refusePacked(file, path);
}

/** A sample counts once: of two runs side by side, one would be taken in silence. */
function duplicate(
  { line }: JsonLine,
  { id, variant }: GradedAnswer,
  earlier: string,
  path: string,
): NamedError {
  const place = { file: path, field: 'id' };
  if (earlier === path)
    return new NamedError(
      'DuplicateId',
      `line ${line} repeats ${id}`,
      place,
      'keep one record of each sample',
    );
  const what = `line ${line} answers ${id} for ${variant}, as ${earlier} does`;
  return new NamedError('DuplicateId', what, place, 'open the results of one run at a time');
}

/** Null where it is none of the layout. @throws NamedError `UnknownSetting` */
function placeOf([variant, experiment, name]: readonly string[], path: string): Place | null {
  const metric = METRIC_OF.get(experiment ?? '');
  if (!variant || !experiment || !metric || !name) return null;
  const setting = name.slice(0, -'.jsonl'.length);
  return { variant, experiment, metric, setting, settingIndex: indexOf(setting, path) };
}

/** Model, experiment and setting as a record names them. */
function ownPlace({ value }: JsonLine, path: string): readonly string[] {
  const { model, dataset, setting } = value;
  return [model, dataset, typeof setting === 'string' ? `${setting}.jsonl` : path].map((part) =>
    typeof part === 'string' ? part : '',
  );
}

type Place = Pick<GradedAnswer, 'variant' | 'experiment' | 'metric' | 'setting' | 'settingIndex'>;

function answerOf(line: JsonLine, path: string, place: Place): GradedAnswer {
  const { value } = line;
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  const choices = value['choices'];
  return {
    ...place,
    variant: text('model') || place.variant,
    input: text('input_type'),
    id: textField(line, path, 'id'),
    question: text('question'),
    goldAnswer: textField(line, path, 'gold_answer'),
    ...(Array.isArray(choices) ? { choices: choices.map(String) } : {}),
    ...(text('category') ? { category: text('category') } : {}),
    ...(text('domain') ? { domain: text('domain') } : {}),
    response: text('full_response'),
    predicted: text('predicted'),
    correct: verdict(line, path),
    ...both(line),
    ...ours(value['frankenscope']),
  };
}

/** Both verdicts of a judged record. */
function both({ value }: JsonLine): Pick<GradedAnswer, 'verdicts'> {
  const [rule, judge] = [value['correct'], value['correct_gpt']];
  if (typeof judge !== 'boolean') return {};
  return { verdicts: { ...(typeof rule === 'boolean' ? { rule } : {}), judge } };
}

/** What our own records say besides. */
function ours(found: unknown): Partial<Pick<GradedAnswer, 'found' | 'rule' | 'tokens' | 'stop'>> {
  if (typeof found !== 'object' || found === null) return {};
  const { found: where, rule, tokens, stop } = found as Readonly<Record<string, unknown>>;
  return {
    ...(typeof where === 'string' ? { found: where as NonNullable<GradedAnswer['found']> } : {}),
    ...(typeof rule === 'string' ? { rule: rule as NonNullable<GradedAnswer['rule']> } : {}),
    ...(typeof tokens === 'number' ? { tokens } : {}),
    ...(typeof stop === 'string' ? { stop } : {}),
  };
}

/** A judge's verdict stands before the rules'; both stay in the file. */
function verdict({ value, line }: JsonLine, path: string): boolean {
  const found = [value['correct_primary'], value['correct_gpt'], value['correct']].find(
    (given) => typeof given === 'boolean',
  );
  if (found !== undefined) return found;
  throw new NamedError(
    'MissingField',
    `line ${line} has no verdict`,
    { file: path, field: 'correct' },
    'add true or false, or leave the line out',
  );
}

function indexOf(setting: string, path: string): 0 | 1 {
  if (setting.startsWith('A_')) return 0;
  if (setting.startsWith('B_')) return 1;
  throw new NamedError(
    'UnknownSetting',
    `${setting} is neither setting A nor B`,
    { file: path },
    'settings are named A_… and B_…',
  );
}
