/** Whether an export may write into a folder: it is empty, or holds what the same export left unfinished. */
import { MANIFEST_FILE, isOfTheSystem } from '../../../scripts/result-folder.mjs';
import { readRange } from '../../checkpoint/byte-source.ts';
import { NamedError } from '../../named-error.ts';
import type { WorkIdentity } from '../../identity/work-identity.ts';
import type { HeldFile, KeptFolder } from '../sinks/sink.ts';
import type { Manifest } from './manifest.ts';
import { readManifest } from './manifest.ts';
import { differences } from './merge-identity.ts';

/** What browsers write a file into until it is closed: `NAME.crswap`, `NAME.1.crswap`. */
const SWAP = /^(.+?)(?:\.\d+)?\.crswap$/;

/** A manifest is some KB, and some 100 KB with the deviations of every tensor. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * The manifest of the same export where it was cut off; null where the folder is as good as empty. What writers left of files
 * that were not whole is removed, and nothing else.
 *
 * @param names the files that this export writes
 * @throws NamedError `FolderNotEmpty` naming what is there and whose it is; those of the folder
 */
export async function claimFolder(
  kept: KeptFolder,
  key: string,
  identity: WorkIdentity<'merge'>,
  names: ReadonlySet<string>,
): Promise<Manifest | null> {
  const held = (await kept.held()).filter(({ name }) => !isOfTheSystem(name));
  const { place } = await kept.space();
  const swaps = held.filter(({ name, bytes }) => bytes !== null && isSwapOf(name, names));
  const files = held.filter((file) => !swaps.includes(file));
  const record = files.find(({ name }) => name === MANIFEST_FILE);
  const manifest = record?.bytes ? await manifestOf(kept, record, place) : null;
  if (manifest && manifest.key !== key) throw otherMerge(place, manifest, identity);
  const ours = new Set([
    MANIFEST_FILE,
    manifest?.writing,
    ...(manifest?.finished ?? []).map(({ name }) => name),
  ]);
  // A browser makes an empty file first, and removes it last.
  const isBegun = ({ name, bytes }: HeldFile): boolean => manifest === null && bytes === 0 && names.has(name);
  const foreign = files.find((file) => file.bytes === null || !(ours.has(file.name) || isBegun(file)));
  if (foreign) throw notEmpty(place, foreign.name, manifest !== null);
  // An empty one is what a browser leaves that was stopped before the first word.
  if (record?.bytes === 0) await kept.remove(MANIFEST_FILE);
  for (const { name } of swaps) await kept.remove(name);
  return manifest;
}

function isSwapOf(name: string, names: ReadonlySet<string>): boolean {
  const [, of] = SWAP.exec(name) ?? [];
  return of !== undefined && (of === MANIFEST_FILE || names.has(of));
}

async function manifestOf(kept: KeptFolder, held: HeldFile, place: string): Promise<Manifest> {
  const source = await kept.read(held);
  const bytes =
    source.size > MOST_BYTES ? null : await readRange(source, 0, source.size, { file: MANIFEST_FILE });
  const manifest = bytes && (await readManifest(new TextDecoder().decode(bytes)));
  if (manifest) return manifest;
  throw new NamedError(
    'FolderNotEmpty',
    `"${place}" holds an unfinished merge whose record is damaged, or of another version of this app`,
    { file: MANIFEST_FILE },
    'delete that folder, or choose another',
  );
}

function otherMerge(place: string, manifest: Manifest, identity: WorkIdentity<'merge'>): NamedError {
  const begun = manifest.begun.slice(0, 16).replace('T', ' ');
  return new NamedError(
    'FolderNotEmpty',
    `"${place}" holds an unfinished merge of ${differences(manifest, identity)}: ${manifest.title}, begun ${begun} UTC`,
    { file: MANIFEST_FILE },
    'finish that one as it was begun, delete its folder, or choose another folder',
  );
}

function notEmpty(place: string, name: string, unfinished: boolean): NamedError {
  return new NamedError(
    'FolderNotEmpty',
    unfinished
      ? `"${place}" holds "${name}", which is not of the unfinished merge there`
      : `"${place}" holds "${name}"`,
    { file: place.split(/[\\/]/).at(-1) ?? place },
    unfinished
      ? 'move it to another place: then the merge goes on'
      : 'choose a new folder: files of two results would be taken for one',
  );
}
