/** A disk in memory below the code that writes journals and results: it fails where it is told, and forgets what no flush kept. */
import { posix } from 'node:path';
import type { Disk } from '../../../scripts/durable.mjs';
import { Faults } from './faults.ts';

interface Inode {
  data: Buffer;
  flushed: Buffer;
}

type Names = Map<string, Inode | 'folder'>;

export class FakeDisk {
  faults = new Faults();
  /** As processes see it, and as the platter has it. */
  #names: Names = new Map([['/', 'folder']]);
  #flushedNames: Names = new Map([['/', 'folder']]);
  readonly #handles = new Map<number, { path: string; inode: Inode | null }>();
  #next = 3;

  /** The machine is started again. */
  restart(): void {
    if (this.faults.cutsPower) {
      this.#names = new Map(this.#flushedNames);
      for (const inode of this.#names.values()) if (inode !== 'folder') inode.data = inode.flushed;
    }
    this.#handles.clear();
    this.faults = new Faults();
  }

  /** A file's bytes, for a look from outside. */
  bytes(path: string): Buffer | null {
    const found = this.#names.get(path);
    return found && found !== 'folder' ? found.data : null;
  }

  /** Another in the same state, what was flushed and what not; to be taken between runs. */
  copy(): FakeDisk {
    const disk = new FakeDisk();
    const copies = new Map<Inode, Inode>();
    const copied = (found: Inode | 'folder'): Inode | 'folder' => {
      if (found === 'folder') return found;
      const copy = copies.get(found) ?? { ...found };
      copies.set(found, copy);
      return copy;
    };
    const namesOf = (names: Names): Names =>
      new Map([...names].map(([path, found]) => [path, copied(found)]));
    disk.#names = namesOf(this.#names);
    disk.#flushedNames = namesOf(this.#flushedNames);
    return disk;
  }

  get files(): string[] {
    return [...this.#names].flatMap(([path, found]) => (found === 'folder' ? [] : [path])).sort();
  }

  /** What journals and results are written with. */
  get fs(): Disk {
    const disk = {
      mkdirSync: (path: string) => this.#do('make folder', path, () => this.#makeFolders(path)),
      openSync: (path: string, flags: string) => this.#open(path, flags),
      closeSync: (handle: number) => void this.#handles.delete(handle),
      fstatSync: (handle: number) => ({ size: this.#inode(handle).data.length }),
      statSync: (path: string) => this.#stat(path),
      readSync: (handle: number, into: Buffer, at: number, length: number, from: number) =>
        this.#do('read', '', () => this.#inode(handle).data.copy(into, at, from, from + length)),
      writeSync: (handle: number, bytes: Uint8Array, at: number, length: number) =>
        this.#do('write', '', (share) => {
          const inode = this.#inode(handle);
          const part = Math.floor(length * share);
          inode.data = Buffer.concat([inode.data, bytes.subarray(at, at + part)]);
          return part;
        }),
      fsyncSync: (handle: number) => this.#do('flush', '', () => this.#flush(handle)),
      renameSync: (from: string, to: string) =>
        this.#do('rename', from, () => {
          this.#names.set(to, this.#found(from));
          this.#names.delete(from);
        }),
      rmSync: (path: string) =>
        this.#do('remove', path, () => {
          for (const name of [...this.#names.keys()])
            if (name === path || name.startsWith(`${path}/`)) this.#names.delete(name);
        }),
      readFileSync: (path: string) => this.#do('read', path, () => Buffer.from(this.#file(path).data)),
      readdirSync: (path: string) => this.#do('read', path, () => this.#list(path)),
    };
    return disk as unknown as Disk;
  }

  #do<T>(name: string, path: string, apply: (share: number) => T): T {
    return this.faults.run(name, apply, (code) => failure(code, name, path));
  }

  #open(path: string, flags: string): number {
    const known = this.#names.get(path);
    if (flags === 'r' && known === 'folder') return this.#handle(path, null);
    if (known && known !== 'folder') {
      if (flags === 'w') this.#do('truncate', path, () => (known.data = Buffer.alloc(0)));
      return this.#handle(path, known);
    }
    if (flags === 'r') throw failure('ENOENT', 'open', path);
    return this.#do('create', path, () => {
      if (this.#names.get(posix.dirname(path)) !== 'folder') throw failure('ENOENT', 'open', path);
      const inode = { data: Buffer.alloc(0), flushed: Buffer.alloc(0) };
      this.#names.set(path, inode);
      return this.#handle(path, inode);
    });
  }

  #handle(path: string, inode: Inode | null): number {
    this.#handles.set(this.#next, { path, inode });
    return this.#next++;
  }

  #inode(handle: number): Inode {
    const inode = this.#handles.get(handle)?.inode;
    if (!inode) throw failure('EBADF', 'write', '');
    return inode;
  }

  #flush(handle: number): void {
    const opened = this.#handles.get(handle);
    if (opened?.inode) opened.inode.flushed = opened.inode.data;
    if (opened?.inode !== null) return;
    // A folder keeps the names in it, and forgets those that are gone.
    for (const path of [...this.#names.keys(), ...this.#flushedNames.keys()]) {
      if (posix.dirname(path) !== opened.path) continue;
      const now = this.#names.get(path);
      if (now) this.#flushedNames.set(path, now);
      else this.#flushedNames.delete(path);
    }
  }

  #makeFolders(path: string): void {
    if (path !== '/') this.#makeFolders(posix.dirname(path));
    if (!this.#names.has(path)) this.#names.set(path, 'folder');
  }

  #stat(path: string): { size: number } | undefined {
    const found = this.#names.get(path);
    return found && { size: found === 'folder' ? 0 : found.data.length };
  }

  #found(path: string): Inode | 'folder' {
    const found = this.#names.get(path);
    if (!found) throw failure('ENOENT', 'open', path);
    return found;
  }

  #file(path: string): Inode {
    const found = this.#found(path);
    if (found === 'folder') throw failure('EISDIR', 'read', path);
    return found;
  }

  #list(path: string): string[] {
    if (this.#found(path) !== 'folder') throw failure('ENOTDIR', 'scandir', path);
    return [...this.#names.keys()]
      .filter((name) => posix.dirname(name) === path && name !== '/')
      .map((name) => posix.basename(name));
  }
}

function failure(code: string, what: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${what} '${path}'`), { code });
}
