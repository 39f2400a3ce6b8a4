/** Where a folder can be written: a directory of the user's choice, or the browser's own storage. */

interface Place {
  readonly directory: FileSystemDirectoryHandle;
  /** In the browser's own storage, from where files are saved one by one. */
  readonly stored: boolean;
  /** Of what the user chose; null of the browser's own storage. */
  readonly path: string | null;
}

export interface StoredFile {
  readonly name: string;
  readonly url: string;
}

/** Not in every browser, and not yet in TypeScript's list. */
type Picker = (options: { id: string; mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;

/** Null when the dialog was closed without a choice. */
export async function chooseDirectory(): Promise<Place | null> {
  const pick = (window as { showDirectoryPicker?: Picker }).showDirectoryPicker;
  if (!pick) {
    const directory = await navigator.storage.getDirectory();
    return { directory, stored: true, path: null };
  }
  try {
    const directory = await pick.call(window, { id: 'merges', mode: 'readwrite' });
    return { directory, stored: false, path: directory.name };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** The files of a stored folder, as addresses to be saved from: they are read from the disk, not held. None where there is no such folder. */
export async function storedFiles(
  directory: FileSystemDirectoryHandle,
  folder: string,
): Promise<readonly StoredFile[]> {
  const found: StoredFile[] = [];
  const there = await directory.getDirectoryHandle(folder).catch(() => null);
  if (!there) return found;
  for await (const handle of there.values()) {
    if (handle.kind !== 'file') continue;
    const file = await (handle as FileSystemFileHandle).getFile();
    found.push({ name: handle.name, url: URL.createObjectURL(file) });
  }
  return found;
}

export async function removeStored(folder: string): Promise<void> {
  const directory = await navigator.storage.getDirectory();
  await directory.removeEntry(folder, { recursive: true });
}
