/**
 * A part of a command's work, as a folder of its own (`--shard i/n`): `part.json` says what the whole is and what the plan is laid out of
 * again, `records/OF.jsonl` holds this part's records, one a line. Both are of the work alone: a part that is done again is the same bytes.
 */
import * as v from 'valibot';
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import { type WorkIdentity, workKey } from '../../identity/work-identity.ts';
import { NamedError } from '../../named-error.ts';
import type { Shard } from '../../analyses/shard.ts';
import { version } from '../../version.ts';
import { modulesOf } from '../../work/modules.ts';
import { sha256Hex } from '../../work/sha256.ts';

export const PART_FILE = 'part.json';
/** The command of a part that holds a part of each analysis of a study. */
export const STUDY = 'study';

/** What shows updates names every tensor: some ten megabytes for mixtures of experts. */
const LARGEST_PART_FILE = 64 * 2 ** 20;
/** Of one part's records; a million answers take half of it. */
const LARGEST_RECORDS = 2 ** 30;
/** `scripts/shard.mjs` says the same. */
const MOST_PARTS = 10_000;
const SCHEMA = 1;
/** What a plan is laid out of nests ten deep. */
const DEEPEST = 64;

const REMEDY = 'give folders as --shard wrote them';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const WORK = v.strictObject({
  ...{ kind: v.string(), title: v.string(), inputs: v.record(v.string(), v.string()) },
  settings: v.custom<Json>((value) => value !== undefined),
  ...{ modules: v.string(), key: v.string(), total: count },
});
const SHAPE = v.strictObject({
  schema: v.literal(SCHEMA),
  command: v.string(),
  shard: v.strictObject({
    part: v.pipe(count, v.minValue(1), v.maxValue(MOST_PARTS)),
    of: v.pipe(count, v.minValue(1), v.maxValue(MOST_PARTS)),
  }),
  version: v.string(),
  works: v.array(WORK),
  records: v.array(v.strictObject({ of: v.string(), n: count, bytes: count, sha256: v.string() })),
  given: v.custom<Json>((value) => value !== undefined),
});

export type PartFile = v.InferOutput<typeof SHAPE>;

/** Records of one kind, in the order of the plan. */
export interface PartRecords {
  /** What they are of: an analysis, or `answers`. */
  readonly of: string;
  readonly records: Iterable<readonly [key: string, record: unknown]>;
}

/** What a command leaves of its part beside its own files. */
export interface Part {
  readonly command: string;
  readonly shard: Shard;
  /** The whole's, each with how many records it has. */
  readonly works: readonly { readonly identity: WorkIdentity; readonly total: number }[];
  readonly records: readonly PartRecords[];
  /** What the plan of the whole is laid out of again; own items as `ownList` has them. */
  readonly given: Json;
}

/** Where a part's records of a kind lie. */
export function recordsPath(of: string): string {
  return `records/${of}.jsonl`;
}

/** A part's own files, `part.json` last: a folder without it is none. */
export async function partFiles({
  command,
  shard,
  works,
  records,
  given,
}: Part): Promise<{ readonly path: string; readonly text: string }[]> {
  const files: { path: string; text: string }[] = [];
  const said: PartFile['records'] = [];
  for (const { of, records: entries } of records) {
    const lines = [...entries].map(([key, record]) => `${JSON.stringify({ key, record })}\n`);
    const text = lines.join('');
    const bytes = new TextEncoder().encode(text);
    files.push({ path: recordsPath(of), text });
    said.push({ of, n: lines.length, bytes: bytes.length, sha256: await sha256Hex(bytes) });
  }
  const part: PartFile = {
    ...{ schema: SCHEMA, command, shard: { part: shard.index + 1, of: shard.count }, version },
    works: await Promise.all(
      works.map(async ({ identity, total }) => ({ ...(await statedOf(identity)), total })),
    ),
    ...{ records: said, given },
  };
  return [...files, { path: PART_FILE, text: `${JSON.stringify(part)}\n` }];
}

async function statedOf(identity: WorkIdentity): Promise<Omit<PartFile['works'][number], 'total'>> {
  const { kind, title, inputs, settings } = JSON.parse(JSON.stringify(identity)) as WorkIdentity;
  return {
    kind,
    title,
    inputs: { ...inputs },
    settings,
    modules: modulesOf(kind),
    key: await workKey(identity),
  };
}

/** A part folder as it was given. */
export interface PartFolder {
  readonly name: string;
  readonly files: ReadonlyMap<string, Blob>;
}

/** @throws NamedError `NotAPart`, `PartTooLarge`, `PartDamaged`; those of reading JSON */
export async function readPart({ name, files }: PartFolder): Promise<PartFile> {
  const place = `${name}/${PART_FILE}`;
  const file = files.get(PART_FILE);
  if (!file) throw refusal('NotAPart', `the folder has no ${PART_FILE}`, name);
  if (file.size > LARGEST_PART_FILE)
    throw refusal(
      'PartTooLarge',
      `it has ${file.size} bytes, and none has more than ${LARGEST_PART_FILE}`,
      place,
    );
  const value = parsed(await file.text());
  if (value === undefined || !isPlain(value, DEEPEST))
    throw refusal('NotAPart', `it is no JSON, or nests deeper than ${DEEPEST}`, place);
  const { success, output, issues } = v.safeParse(SHAPE, value);
  if (!success) {
    const [issue] = issues;
    throw refusal('NotAPart', `its ${v.getDotPath(issue) ?? 'value'} is none of a part`, place);
  }
  if (output.shard.part > output.shard.of)
    throw refusal('NotAPart', `it is part ${output.shard.part} of ${output.shard.of}`, place);
  return output;
}

/**
 * Records of a part, each told once.
 *
 * @param shape what a record of them looks like
 * @throws NamedError `PartDamaged`, `PartTooLarge`
 */
export async function eachRecord<Record>(
  { name, files }: PartFolder,
  { records }: Pick<PartFile, 'records'>,
  of: string,
  shape: v.GenericSchema<Record>,
  tell: (key: string, record: Record) => void,
): Promise<void> {
  const path = recordsPath(of);
  const place = `${name}/${path}`;
  const said = records.find((one) => one.of === of);
  const file = files.get(path);
  if (!said || !file) throw refusal('PartDamaged', `it has no ${path}`, name);
  if (file.size > LARGEST_RECORDS)
    throw refusal(
      'PartTooLarge',
      `it has ${file.size} bytes, and none has more than ${LARGEST_RECORDS}`,
      place,
    );
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length !== said.bytes || (await sha256Hex(bytes)) !== said.sha256)
    throw refusal('PartDamaged', `its bytes are not those that ${PART_FILE} says`, place);
  const lines = new TextDecoder().decode(bytes).split('\n');
  if (lines.pop() !== '' || lines.length !== said.n)
    throw refusal('PartDamaged', `it has ${lines.length} lines where ${PART_FILE} says ${said.n}`, place);
  const line = v.strictObject({ key: v.string(), record: shape });
  for (const [at, text] of lines.entries()) {
    const value = parsed(text);
    // What was read, and not what the schema makes of it: files have fields in the order in which they were written.
    if (!v.is(line, value) || !isPlain(value, DEEPEST))
      throw refusal('PartDamaged', `line ${at + 1} is no record of ${of}`, place);
    tell(value.key, value.record);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Nests no deeper than `most`, and has no number that JSON cannot write again, as 1e999. */
function isPlain(value: unknown, most: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return most > 0 && Object.values(value).every((inner) => isPlain(inner, most - 1));
}

/** What of a part has to be that of all: everything but its own place, records and items. */
export function sharedOf({ command, shard, version, works, given }: PartFile): Json {
  return { command, parts: shard.of, version, works, given } as unknown as Json;
}

/**
 * Whether works that were laid out again are those that parts state.
 *
 * @throws NamedError `OtherPart` of another build; `PartDamaged`
 */
export async function refuseOtherWorks(
  stated: PartFile['works'],
  found: Part['works'],
  command: string,
): Promise<void> {
  const ours = await Promise.all(
    found.map(async ({ identity, total }) => ({ ...(await statedOf(identity)), total })),
  );
  for (const [at, theirs] of stated.entries()) {
    const mine = ours[at];
    if (mine && mine.modules !== theirs.modules)
      throw new NamedError(
        'OtherPart',
        `the parts are of another build: what computes "${theirs.kind}" differs`,
        {},
        'combine them with the build that wrote them',
      );
    for (const field of ['kind', 'inputs', 'settings', 'total', 'key'] as const)
      if (!mine || canonicalJson(mine[field]) !== canonicalJson(theirs[field]))
        throw refusal(
          'PartDamaged',
          `what the parts keep of their inputs makes another ${field} of the work than they state`,
          command,
        );
  }
  if (stated.length !== ours.length)
    throw refusal('PartDamaged', `they state ${stated.length} works, and there are ${ours.length}`, command);
}

export function refusal(
  name: 'NotAPart' | 'PartTooLarge' | 'PartDamaged' | 'MissingPart' | 'DuplicatePart' | 'OtherPart',
  what: string,
  file: string,
  remedy = REMEDY,
): NamedError {
  return new NamedError(name, what, { file }, remedy);
}
