import { NamedError } from '../../named-error.ts';
import type { Gathered, PathFile } from './folder.ts';
import { nothingListed } from './nothing-listed.ts';

/** A checkpoint folder has some dozens of files; beyond this someone dropped a disk. Folders count like files. */
const MOST_FILES = 10_000;
/** Hub caches and training runs nest ten deep; every path is taken apart at each of its folders. */
const MOST_FOLDERS_DEEP = 64;

interface PickerWindow {
  showDirectoryPicker?: (options: { id: string; mode: 'read' }) => Promise<FileSystemDirectoryHandle>;
}

interface Gathering extends Gathered {
  readonly files: PathFile[];
  readonly emptyFolders: string[];
  /** Walked so far. */
  folders: number;
}

function refuseTooMany(found: number, path: string): void {
  if (found <= MOST_FILES) return;
  throw new NamedError(
    'TooManyFiles',
    `more than ${MOST_FILES} files and folders were dropped`,
    { file: path },
    'Drop the checkpoint folders themselves, not the folder that holds everything.',
  );
}

function refuseTooDeep(path: string): void {
  let depth = 0;
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) depth += 1;
  if (depth <= MOST_FOLDERS_DEEP) return;
  throw new NamedError(
    'TooDeep',
    `folders within more than ${MOST_FOLDERS_DEEP} others were dropped`,
    { file: path },
    'Drop the checkpoint folders themselves.',
  );
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** `readEntries` hands out a hundred at a time and says that it is done with an empty list. */
async function entriesOf(directory: FileSystemDirectoryEntry, path: string): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
    refuseTooMany(all.length, path);
  }
}

async function walkEntry(entry: FileSystemEntry, path: string, found: Gathering): Promise<void> {
  if (entry.isFile) {
    found.files.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    refuseTooMany(found.files.length, path);
    return;
  }
  enter(path, found);
  const children = await entriesOf(entry as FileSystemDirectoryEntry, path);
  if (children.length === 0) found.emptyFolders.push(path);
  for (const child of children) {
    await walkEntry(child, `${path}/${child.name}`, found);
  }
}

function enter(path: string, found: Gathering): void {
  refuseTooDeep(path);
  found.folders += 1;
  refuseTooMany(found.folders, path);
}

async function walkHandle(folder: FileSystemDirectoryHandle, path: string, found: Gathering): Promise<void> {
  enter(path, found);
  let empty = true;
  for await (const handle of folder.values()) {
    empty = false;
    const here = `${path}/${handle.name}`;
    if (handle.kind === 'directory') await walkHandle(handle as FileSystemDirectoryHandle, here, found);
    else found.files.push({ path: here, file: await (handle as FileSystemFileHandle).getFile() });
    refuseTooMany(found.files.length, here);
  }
  if (empty) found.emptyFolders.push(path);
}

/**
 * Every file of a drop, folders walked. Reads no contents. The entries must be taken before the first
 * await: the browser empties the transfer when the event handler returns.
 * @throws {NamedError} TooManyFiles; TooDeep; NothingListed when one of the dropped folders shows no file
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<Gathered> {
  const taken = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: Gathering = { files: [], emptyFolders: [], folders: 0 };
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
 * @throws {NamedError} TooManyFiles, TooDeep, NothingListed
 */
export function filesOfInput(list: FileList): Gathered {
  const [first] = list;
  if (first === undefined) throw nothingListed([]);
  refuseTooMany(list.length, first.webkitRelativePath || first.name);
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  // Of the folder that holds it: elsewhere folders are asked, too.
  for (const { path } of files) refuseTooDeep(path.slice(0, path.lastIndexOf('/')));
  return { files, emptyFolders: [] };
}

/** Whether the browser has a folder dialog of its own; elsewhere an input with `webkitdirectory` serves. */
export function hasDirectoryPicker(): boolean {
  return typeof (window as PickerWindow).showDirectoryPicker === 'function';
}

/**
 * Asks for one folder; null when the user closes the dialog.
 * @throws {NamedError} TooManyFiles, TooDeep, NothingListed
 */
export async function filesOfPicker(): Promise<Gathered | null> {
  const found: Gathering = { files: [], emptyFolders: [], folders: 0 };
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
