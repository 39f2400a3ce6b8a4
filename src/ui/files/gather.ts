import { NamedError } from '../../named-error.ts';
import type { Gathered, PathFile } from './folder.ts';
import { nothingListed } from './nothing-listed.ts';

/** A checkpoint folder has some dozens of files; beyond this someone dropped a disk. */
const MOST_FILES = 10_000;

interface PickerWindow {
  showDirectoryPicker?: (options: { id: string; mode: 'read' }) => Promise<FileSystemDirectoryHandle>;
}

interface Gathering extends Gathered {
  readonly files: PathFile[];
  readonly emptyFolders: string[];
}

function refuseTooMany({ files: found }: Gathered): void {
  if (found.length <= MOST_FILES) return;
  throw new NamedError(
    'TooManyFiles',
    `more than ${MOST_FILES} files were dropped`,
    { file: found[0]?.path ?? '' },
    'Drop the checkpoint folders themselves, not the folder that holds everything.',
  );
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** `readEntries` hands out a hundred at a time and says that it is done with an empty list. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walkEntry(entry: FileSystemEntry, path: string, found: Gathering): Promise<void> {
  if (entry.isFile) {
    found.files.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    refuseTooMany(found);
    return;
  }
  const children = await entriesOf(entry as FileSystemDirectoryEntry);
  if (children.length === 0) found.emptyFolders.push(path);
  for (const child of children) {
    await walkEntry(child, `${path}/${child.name}`, found);
  }
}

async function walkHandle(folder: FileSystemDirectoryHandle, path: string, found: Gathering): Promise<void> {
  let empty = true;
  for await (const handle of folder.values()) {
    empty = false;
    const here = `${path}/${handle.name}`;
    if (handle.kind === 'directory') await walkHandle(handle as FileSystemDirectoryHandle, here, found);
    else found.files.push({ path: here, file: await (handle as FileSystemFileHandle).getFile() });
    refuseTooMany(found);
  }
  if (empty) found.emptyFolders.push(path);
}

/**
 * Every file of a drop, folders walked. Reads no contents. The entries must be taken before the first
 * await: the browser empties the transfer when the event handler returns.
 * @throws {NamedError} TooManyFiles; NothingListed when one of the dropped folders shows no file
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<Gathered> {
  const taken = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: Gathering = { files: [], emptyFolders: [] };
  const silent: string[] = [];
  for (const { entry, file } of taken) {
    const before = found.files.length;
    if (entry) await walkEntry(entry, entry.name, found);
    else if (file) found.files.push({ path: file.name, file });
    if (found.files.length === before) silent.push(entry?.name ?? '');
  }
  if (silent.length > 0) throw nothingListed(silent);
  return found;
}

/**
 * Files of an `<input type="file">`; with `webkitdirectory` their paths begin with the folder's name.
 * @throws {NamedError} TooManyFiles, NothingListed
 */
export function filesOfInput(list: FileList): Gathered {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  if (files.length === 0) throw nothingListed([]);
  refuseTooMany({ files, emptyFolders: [] });
  return { files, emptyFolders: [] };
}

/** Whether the browser has a folder dialog of its own; elsewhere an input with `webkitdirectory` serves. */
export function hasDirectoryPicker(): boolean {
  return typeof (window as PickerWindow).showDirectoryPicker === 'function';
}

/**
 * Asks for one folder; null when the user closes the dialog.
 * @throws {NamedError} TooManyFiles, NothingListed
 */
export async function filesOfPicker(): Promise<Gathered | null> {
  const found: Gathering = { files: [], emptyFolders: [] };
  try {
    const folder = await (window as PickerWindow).showDirectoryPicker?.({ id: 'checkpoint', mode: 'read' });
    if (!folder) return null;
    await walkHandle(folder, folder.name, found);
    if (found.files.length === 0) throw nothingListed([folder.name]);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
  return found;
}
