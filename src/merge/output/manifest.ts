/** The small file that an export keeps in its folder until all else is there: whose folder it is, and what of it is whole. */
import { sha256OfText } from '../../work/sha256.ts';
import type { Json } from '../../identity/work-identity.ts';

const FORMAT = 'frankenscope-merge';
const VERSION = 1;
const ABOUT =
  'A merge is being written here, or was interrupted. The same merge into this folder goes on; deleting the folder gives it up.';

/** A file of the folder that is whole. */
export interface FinishedFile {
  readonly name: string;
  readonly bytes: number;
  /** Of `pieceHash`. */
  readonly checksum: string;
}

export interface Manifest {
  /** Of the work, see `workKey`. */
  readonly key: string;
  /** What is merged, for a reader. */
  readonly title: string;
  /** Date and time, ISO 8601. */
  readonly begun: string;
  /** Of the work's identity, in clear. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings: Json;
  /** Of the donors' weights, `sourceDates`. */
  readonly dates: Readonly<Record<string, number>>;
  /** Standard deviations that noise is scaled by, of tensors that were measured. */
  readonly deviations: Readonly<Record<string, number>>;
  /** The file under way: what lies there under its name, and is not among `finished`, is ours. */
  readonly writing: string | null;
  readonly finished: readonly FinishedFile[];
}

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
  return isManifest(value) ? value : null;
}

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value) || value['format'] !== FORMAT || value['version'] !== VERSION) return false;
  const { key, title, begun, inputs, settings, dates, deviations, writing, finished } = value;
  return (
    [key, title, begun].every((text) => typeof text === 'string') &&
    isObject(inputs) &&
    isObject(settings) &&
    isObject(dates) &&
    isObject(deviations) &&
    (writing === null || typeof writing === 'string') &&
    Array.isArray(finished) &&
    finished.every(
      (file) =>
        isObject(file) &&
        typeof file['name'] === 'string' &&
        typeof file['bytes'] === 'number' &&
        typeof file['checksum'] === 'string',
    )
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
