/** The small file that an export keeps in its folder until all else is there: whose folder it is, and what of it is whole. */
import { sha256OfText } from '../../work/sha256.ts';
import * as v from 'valibot';
import { record } from '../../json-shape.ts';
import type { Json } from '../../identity/work-identity.ts';

const FORMAT = 'frankenscope-merge';
const VERSION = 2;
const ABOUT =
  'A merge is being written here, or was interrupted. The same merge into this folder goes on; deleting the folder gives it up.';

/** `checksum` is of `pieceHash`. */
const FINISHED = v.object({ name: v.string(), bytes: v.number(), checksum: v.string() });
const MANIFEST = v.object({
  /** Of the work, see `workKey`. */
  key: v.string(),
  /** What is merged, for a reader. */
  title: v.string(),
  /** Date and time, ISO 8601. */
  begun: v.string(),
  /** Of the work's identity, in clear. */
  inputs: record(v.string()),
  settings: v.custom<Json>((value) => typeof value === 'object' && value !== null),
  /** Of the donors' weights, `sourceDates`. */
  dates: record(v.number()),
  /** Standard deviations that noise is scaled by, of tensors that were measured. */
  deviations: record(v.number()),
  /** The file under way: what lies there under its name, and is not among `finished`, is ours. */
  writing: v.nullable(v.string()),
  finished: v.array(FINISHED),
  /** What the donors' tensors that those were made of held when they were read. */
  read: record(record(v.string())),
});

/** A file of the folder that is whole. */
export type FinishedFile = Readonly<v.InferOutput<typeof FINISHED>>;
export type Manifest = Readonly<v.InferOutput<typeof MANIFEST>>;

const WHOLE = v.object({ ...MANIFEST.entries, format: v.literal(FORMAT), version: v.literal(VERSION) });

/** The manifest's text, with a checksum of its own in the last line. */
export async function writeManifest(manifest: Manifest): Promise<string> {
  const body = JSON.stringify({ format: FORMAT, version: VERSION, about: ABOUT, ...manifest });
  return `${body}\n${await sha256OfText(body)}\n`;
}

/** The manifest of such a text; null where it is none, of another version, or damaged. */
export async function readManifest(text: string): Promise<Manifest | null> {
  const [body = '', checksum, ...more] = text.split('\n');
  if (more.join('') !== '' || checksum !== (await sha256OfText(body))) return null;
  const value: unknown = JSON.parse(body);
  return v.is(WHOLE, value) ? value : null;
}
