/** A disk in memory behind the calls of Node's file system: it fails where it is told to, and forgets what was not flushed. */
import { posix } from 'node:path';
import type { FileSystem } from '../../../scripts/partial-files.mjs';
import { Faults } from './faults.ts';

const { dirname, basename } = posix;

function refusal(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: the system says no`), { code });
}

interface Inode {
  bytes: Buffer;
  /** What of it is on the disk. */
  flushed: Buffer;
}

/** Folders are names with null; files hold bytes. */
type Tree = Map<string, Inode | null>;

export class MemoryDisk {
  /** As programs see it. */
  tree: Tree = new Map([['/', null]]);
  /** As a power cut would leave it: a name is there once its folder was flushed, renames in one piece. */
  flushed: Tree = new Map([['/', null]]);
  free = 1e12;

  /** Everything that was not flushed is gone. */
  cutPower(): void {
    for (const inode of this.flushed.values()) if (inode) inode.bytes = Buffer.from(inode.flushed);
    this.tree = new Map(this.flushed);
  }

  files(folder: string): Map<string, Buffer> {
    const below = [...this.tree].filter(([path, inode]) => inode && path.startsWith(`${folder}/`));
    return new Map(below.map(([path, inode]) => [path.slice(folder.length + 1), (inode as Inode).bytes]));
  }

  #children(folder: string): string[] {
    return [...this.tree.keys()].filter((path) => path !== '/' && dirname(path) === folder);
  }

  #settle(folder: string): void {
    for (const path of this.flushed.keys())
      if (dirname(path) === folder && !this.tree.has(path)) this.flushed.delete(path);
    for (const path of this.#children(folder)) this.flushed.set(path, this.tree.get(path) ?? null);
  }

  /** The calls, over this disk, of one process. */
  calls(faults = new Faults()): FileSystem {
    const pass = (call: string, half?: () => void): void => faults.pass(call, refusal, half);
    const there = (path: string): Inode | null => {
      const found = this.tree.get(path);
      if (found === undefined) throw refusal('ENOENT');
      return found;
    };
    const handle = (path: string, inode: Inode | null): unknown => ({
      write: async (chunk: Uint8Array, start: number, length: number, at: number) => {
        const put = (count: number): void => {
          const file = inode as Inode;
          file.bytes = Buffer.concat([file.bytes.subarray(0, at), chunk.subarray(start, start + count)]);
        };
        pass(`write ${basename(path)}`, () => put(length >> 1));
        put(length);
        return { bytesWritten: length };
      },
      read: async (into: Buffer, offset: number, length: number, position: number) => ({
        bytesRead: (inode as Inode).bytes.copy(into, offset, position, position + length),
      }),
      sync: async () => {
        pass(`flush ${basename(path)}`);
        if (inode) inode.flushed = Buffer.from(inode.bytes);
        else this.#settle(path);
      },
      close: async () => undefined,
    });
    const calls = {
      mkdir: async (path: string, options?: { recursive?: boolean }) => {
        const missing: string[] = [];
        for (let at = path; !this.tree.has(at); at = dirname(at)) missing.unshift(at);
        if (missing.length === 0 && !options?.recursive) throw refusal('EEXIST');
        if (missing.length > 0) pass(`mkdir ${path}`);
        for (const folder of missing) this.tree.set(folder, null);
        return missing[0];
      },
      open: async (path: string, flags: string) => {
        if (flags === 'r') return handle(path, there(path));
        pass(`open ${basename(path)}`);
        there(dirname(path));
        const inode = { bytes: Buffer.alloc(0), flushed: Buffer.alloc(0) };
        this.tree.set(path, inode);
        return handle(path, inode);
      },
      rename: async (from: string, to: string) => {
        pass(`rename ${basename(from)}`);
        const inode = there(from);
        this.tree.delete(from);
        this.tree.set(to, inode);
      },
      unlink: async (path: string) => {
        there(path);
        pass(`unlink ${basename(path)}`);
        this.tree.delete(path);
      },
      rm: async (path: string) => {
        pass(`rm ${basename(path)}`);
        for (const name of [...this.tree.keys()])
          if (name === path || name.startsWith(`${path}/`)) this.tree.delete(name);
      },
      rmdir: async (path: string) => {
        there(path);
        if (this.#children(path).length > 0) throw refusal('ENOTEMPTY');
        pass(`rmdir ${path}`);
        this.tree.delete(path);
      },
      readdir: async (path: string) => {
        there(path);
        return this.#children(path).map((child) => basename(child));
      },
      stat: async (path: string) => {
        const inode = there(path);
        return { isFile: () => inode !== null, size: inode?.bytes.length ?? 0, mtimeMs: 0 };
      },
      statfs: async (path: string) => {
        there(path);
        return { blocks: 1e12, bavail: this.free, bsize: 1 };
      },
      utimes: async () => undefined,
    };
    return calls as unknown as FileSystem;
  }
}
