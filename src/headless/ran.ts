/** An analysis that was run here: what it wrote and found. A command writes it; a study puts several together. */
import type { ResultFile } from '../analyses/result-file.ts';
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import { type Part, partFiles } from '../study/parts/part-file.ts';
import type { ShownPart } from '../study/shown/part.ts';
import type { CommandContext } from './context.ts';

/** How results call a model, and its place in the family, by the flag that names it. */
export type Placed = (flag: string, index: number) => { readonly label: string; readonly place: number };

/** By flag and place, where an analysis' models came from, in their order: a study shows them by these. */
export type ModelPlaces = readonly (readonly [flag: string, index: number])[];

/** A work with its records, in the order of its plan. */
export interface KeptRecords {
  readonly identity: WorkIdentity;
  readonly total: number;
  readonly records: ReadonlyMap<string, unknown>;
}

export interface Ran {
  /** What its records are kept under. */
  readonly works: readonly WorkIdentity[];
  /** Of parts put together: each of its works with its records. */
  readonly records?: readonly KeptRecords[];
  /** In the order in which they are written, each made when it is asked for. */
  readonly files: Iterable<ResultFile>;
  /** What was found, in sentences. */
  readonly findings: readonly string[];
  /** Of an evaluation. */
  readonly graded?: readonly GradedAnswer[];
  /** Of a part of the work (`--shard`): files, findings and answers are of this part's records. */
  readonly part?: Part;
  /** What a page shows it by without a model; null where it cannot. @throws NamedError those of reading pictures */
  shown(placed: Placed): Promise<ShownPart | null>;
}

/** What a command answers: the JSON of one that writes no folder. A part is a folder always. */
export async function written(
  { out }: { readonly out: Pick<CommandContext['out'], 'text'> },
  writes: 'json' | 'folder',
  { files, part }: Ran,
): Promise<unknown> {
  for (const { path, text } of files) {
    if (writes === 'json' && !part) return JSON.parse(text) as unknown;
    await out.text(path, text);
    if (writes === 'json') break;
  }
  for (const { path, text } of part ? await partFiles(part) : []) await out.text(path, text);
  return undefined;
}
