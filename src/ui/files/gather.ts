import { NamedError } from '../../named-error.ts';
import type { PathFile } from './folder.ts';

/** A checkpoint folder has some dozens of files; beyond this someone dropped a disk. */
const MOST_FILES = 10_000;

interface PickerWindow {
  showDirectoryPicker?: (options: { id: string; mode: 'read' }) => Promise<FileSystemDirectoryHandle>;
}

function refuseTooMany(found: readonly PathFile[]): void {
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

async function walkEntry(entry: FileSystemEntry, path: string, found: PathFile[]): Promise<void> {
  if (entry.isFile) {
    found.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
    refuseTooMany(found);
    return;
  }
  for (const child of await entriesOf(entry as FileSystemDirectoryEntry)) {
    await walkEntry(child, `${path}/${child.name}`, found);
  }
}

async function walkHandle(folder: FileSystemDirectoryHandle, path: string, found: PathFile[]): Promise<void> {
  for await (const handle of folder.values()) {
    const here = `${path}/${handle.name}`;
    if (handle.kind === 'directory') await walkHandle(handle as FileSystemDirectoryHandle, here, found);
    else found.push({ path: here, file: await (handle as FileSystemFileHandle).getFile() });
    refuseTooMany(found);
  }
}

/**
 * Every file of a drop, folders walked. Reads no contents. The entries must be taken before the first
 * await: the browser empties the transfer when the event handler returns.
 * @throws {NamedError} TooManyFiles
 */
export async function filesOfDrop(transfer: DataTransfer): Promise<PathFile[]> {
  const taken = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: PathFile[] = [];
  for (const { entry, file } of taken) {
    if (entry) await walkEntry(entry, entry.name, found);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

/** Files of an `<input type="file">`; with `webkitdirectory` their paths begin with the folder's name. */
export function filesOfInput(list: FileList): PathFile[] {
  const found = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  refuseTooMany(found);
  return found;
}

/** Whether the browser has a folder dialog of its own; elsewhere an input with `webkitdirectory` serves. */
export function hasDirectoryPicker(): boolean {
  return typeof (window as PickerWindow).showDirectoryPicker === 'function';
}

/** Asks for one folder; empty when the user closes the dialog. */
export async function filesOfPicker(): Promise<PathFile[]> {
  try {
    const folder = await (window as PickerWindow).showDirectoryPicker?.({ id: 'checkpoint', mode: 'read' });
    const found: PathFile[] = [];
    if (folder) await walkHandle(folder, folder.name, found);
    return found;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return [];
    throw error;
  }
}
