import { NamedError } from '../named-error.ts';
import type { ByteSource, CheckpointFiles } from './byte-source.ts';
import { OTHER_FORMATS } from './folder-kinds.ts';

/** A file as it was dropped or picked; `path` as the browser gives it, with or without the folder's own name. */
export interface DroppedFile {
  readonly path: string;
  readonly source: ByteSource;
}

export interface DroppedFolder {
  /** The folder's own name; empty for files dropped without one. */
  readonly name: string;
  /** Its path as dropped, with slashes. */
  readonly path: string;
  readonly files: CheckpointFiles;
}

export interface Drop {
  /** One for each checkpoint, in the order of their paths: several dropped together fill several slots. */
  readonly folders: readonly DroppedFolder[];
  /** What belongs to none of them, with the reason. */
  readonly unrelated: readonly { readonly path: string; readonly reason: string }[];
}

const WEIGHTS = /\.safetensors$|\.safetensors\.index\.json$|^pytorch_model.*\.bin$/;
const UNFINISHED = /\.(crdownload|part|partial|download|incomplete|tmp|lock|aria2)$/;
/** The hub's cache keeps a model under `models--owner--name/snapshots/<commit>/`. */
const HUB_CACHE = /(?:^|\/)models--([^/]+)\/snapshots\/[^/]+$/;

/**
 * Sorts what was dropped into checkpoint folders. A folder is a checkpoint if weights lie directly in it (if there
 * are none anywhere: if config.json or weights in another format do, so that opening it can say what is missing, or
 * which tool makes a checkpoint of it); what lies deeper belongs to the outermost one, under its relative path. Hidden and half-downloaded files are set aside.
 *
 * @throws NamedError `AmbiguousDrop` when two files have the same path: two folders of the same name
 */
export function foldersOf(dropped: Iterable<DroppedFile>): Drop {
  const sources = new Map<string, ByteSource>();
  const unrelated: { path: string; reason: string }[] = [];
  const files = [...dropped].map(({ path, source }) => ({ parts: partsOf(path), source }));
  const hidden = hiddenParts(files.map(({ parts }) => parts));
  for (const { parts, source } of files) {
    const path = parts.join('/');
    if (hidden(parts)) unrelated.push({ path, reason: 'hidden' });
    else if (UNFINISHED.test(path)) unrelated.push({ path, reason: 'an unfinished download' });
    else if (sources.has(path)) throw samePath(path);
    else sources.set(path, source);
  }
  const paths = [...sources.keys()].sort();
  const roots = outermost(rootCandidates(paths));
  const folders = new Map(roots.map((root) => [root, new Map<string, ByteSource>()]));
  for (const [path, source] of sources) {
    const root = ancestors(path).find((folder) => folders.has(folder));
    if (root === undefined) unrelated.push({ path, reason: 'outside every checkpoint folder' });
    else folders.get(root)?.set(root === '' ? path : path.slice(root.length + 1), source);
  }
  return {
    folders: [...folders].map(([root, files]) => ({ name: folderName(root), path: root, files })),
    unrelated,
  };
}

function partsOf(path: string): string[] {
  return path.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
}

/** Whether a file or a folder above it is hidden; the one folder that was dropped is not, whatever its name. */
function hiddenParts(all: readonly (readonly string[])[]): (parts: readonly string[]) => boolean {
  const top = all[0]?.[0];
  const oneFolder = all.every((parts) => parts.length > 1 && parts[0] === top);
  return (parts) => parts.some((part, depth) => part.startsWith('.') && !(oneFolder && depth === 0));
}

function rootCandidates(paths: readonly string[]): string[] {
  const withWeights = paths.filter((path) => WEIGHTS.test(baseName(path)));
  if (withWeights.length > 0) return withWeights.map(parentOf);
  // Shards of training and other formats, with the config beside or below them: opening tells what the folder is.
  const named = paths.filter((path) => baseName(path) === 'config.json' || OTHER_FORMATS.test(path));
  return named.length > 0 ? named.map(parentOf) : paths.map(parentOf);
}

/** Distinct folders that lie in no other of them. */
function outermost(folders: readonly string[]): string[] {
  const distinct = new Set(folders);
  return [...distinct].sort().filter((folder) => !ancestors(folder).some((above) => distinct.has(above)));
}

/** Every folder that a path lies in, the nearest first; the last is '', which holds everything. */
function ancestors(path: string): string[] {
  const above: string[] = [];
  for (let folder = path; folder !== '';) {
    folder = parentOf(folder);
    above.push(folder);
  }
  return above;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function folderName(root: string): string {
  return HUB_CACHE.exec(root)?.[1]?.replace('--', '/') ?? baseName(root);
}

function samePath(path: string): NamedError {
  return new NamedError(
    'AmbiguousDrop',
    'two files were dropped under this path',
    { file: path },
    'drop folders of the same name one after the other',
  );
}
