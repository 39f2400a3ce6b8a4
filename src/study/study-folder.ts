import type { StudyFolder } from './kept-studies.ts';

const FOLDER = 'studies';
const ENDING = '.frankenscope';

/** Whether a file is a study's by its name. */
export function isStudyFile(name: string): boolean {
  return name.toLowerCase().endsWith(ENDING);
}

/** Of its file, of one that is called so. */
export function studyFileName(name: string): string {
  const parts = name.split(/[^\p{L}\p{N}._-]/u).filter((part) => part !== '');
  const plain = parts.join('-').replace(/^[-.]+/, '');
  return `${plain.slice(0, 80) || 'study'}${ENDING}`;
}

/** Studies in this browser's origin-private storage; as long as the page where it has none, as in some private windows. */
export function browserStudies(): StudyFolder {
  const { storage } = navigator;
  return typeof storage?.getDirectory === 'function' ? opfsStudies() : memoryStudies();
}

/** @param root of the storage; default: this origin's */
export function opfsStudies(
  root: () => Promise<FileSystemDirectoryHandle> = () => navigator.storage.getDirectory(),
): StudyFolder {
  const folder = async () => (await root()).getDirectoryHandle(FOLDER, { create: true });
  return {
    async ids() {
      const ids: string[] = [];
      for await (const name of (await folder()).keys())
        if (name.endsWith(ENDING)) ids.push(name.slice(0, -ENDING.length));
      return ids;
    },
    async read(id) {
      const file = await (await folder()).getFileHandle(id + ENDING).catch(unlessMissing);
      return (await file?.getFile().catch(unlessMissing)) ?? null;
    },
    async write(id, file) {
      // What is written stands under its name once it is closed.
      const writable = await (
        await (await folder()).getFileHandle(id + ENDING, { create: true })
      ).createWritable();
      try {
        await writable.write(file);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => undefined);
        throw error;
      }
    },
    async remove(id) {
      await (await folder()).removeEntry(id + ENDING).catch(unlessMissing);
    },
  };
}

export function memoryStudies(): StudyFolder {
  const files = new Map<string, File>();
  return {
    ids: () => Promise.resolve([...files.keys()]),
    read: (id) => Promise.resolve(files.get(id) ?? null),
    write: (id, file) => Promise.resolve(void files.set(id, new File([file], id + ENDING))),
    remove: (id) => Promise.resolve(void files.delete(id)),
  };
}

function unlessMissing(error: unknown): null {
  if (error instanceof DOMException && error.name === 'NotFoundError') return null;
  throw error;
}
