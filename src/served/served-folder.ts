/** A checkpoint folder on a server, as the rest of the app opens a folder: its files are read in ranges, by this page. */
import { type ByteRange, ServedFile, type ServedReader, serveFolder } from '../checkpoint/served-file.ts';
import { joinedBytes } from '../work/bytes.ts';
import { cancelled, throwIfCancelled } from '../work/cancel.ts';
import { mapInFlight } from '../work/in-flight.ts';
import type { ListedFile } from './listing.ts';
import { runsOf } from './neighbours.ts';
import { PAGE_BYTES, Pages } from './pages.ts';
import { RangedFile } from './ranged-file.ts';
import type { Server } from './server.ts';

/** Pages that are fetched with the first of a file: the header of a 7B's shard lies in them. */
const FIRST_PAGES = 4;
/** Runs asked for at one time by one reader; the server bounds those of all. */
const RUNS_IN_FLIGHT = 16;

const pages = new Pages();

export class FolderReader implements ServedReader {
  readonly #files: ReadonlyMap<string, RangedFile>;
  #stop = new AbortController();

  constructor(files: readonly ListedFile[], server: Server) {
    this.#files = new Map(files.map((file) => [file.path, rangedFile(file, server)]));
  }

  async read(path: string, ranges: readonly ByteRange[]): Promise<Uint8Array<ArrayBuffer>> {
    const file = this.#files.get(path);
    if (!file) throw new RangeError(`${path} is no file of the folder`);
    const { signal } = this.#stop;
    throwIfCancelled(signal);
    const [only] = ranges;
    if (only && ranges.length === 1 && only[1] - only[0] <= PAGE_BYTES)
      return this.#paged(file, ...only, signal);
    const found: Uint8Array[] = [];
    const fetchRun = async ({ start, end, members }: ReturnType<typeof runsOf>[number]): Promise<void> => {
      const bytes = await file.read(start, end, signal);
      for (const index of members) {
        const [from, to] = ranges[index] as ByteRange;
        found[index] = bytes.subarray(from - start, to - start);
      }
    };
    const runs = runsOf(ranges);
    await mapInFlight(runs, fetchRun, signal, RUNS_IN_FLIGHT);
    const [whole] = found;
    // One large range is handed over as it came.
    return ranges.length === 1 && whole ? (whole as Uint8Array<ArrayBuffer>) : joinedBytes(found);
  }

  stop(until?: Promise<unknown>): void {
    const stopped = this.#stop;
    stopped.abort(cancelled());
    const goOn = (): void => {
      if (this.#stop === stopped) this.#stop = new AbortController();
    };
    if (until) until.then(goOn, goOn);
    else goOn();
  }

  async #paged(
    file: RangedFile,
    start: number,
    end: number,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const first = Math.floor(start / PAGE_BYTES);
    const last = Math.floor(Math.max(start, end - 1) / PAGE_BYTES);
    const parts: Uint8Array[] = [];
    for (let page = first; page <= last; page += 1) {
      const ahead = Math.max(last, page === 0 ? FIRST_PAGES - 1 : 0);
      const bytes = await (pages.get(file.id, page) ?? fetchPages(file, page, ahead, signal));
      const at = page * PAGE_BYTES;
      parts.push(bytes.subarray(Math.max(0, start - at), end - at));
    }
    return joinedBytes(parts);
  }
}

/** Pages `first` to `last`, as far as the file reaches, with one request; resolves to the first. */
function fetchPages(
  file: RangedFile,
  first: number,
  last: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const start = first * PAGE_BYTES;
  const end = Math.min(file.size, (last + 1) * PAGE_BYTES);
  const whole = file.read(start, end, signal);
  const page = (at: number) => whole.then((bytes) => bytes.slice(at, at + PAGE_BYTES));
  for (let at = start; at < end; at += PAGE_BYTES) pages.set(file.id, at / PAGE_BYTES, page(at - start));
  return page(0);
}

export function rangedFile({ path, url, bytes, version }: ListedFile, server: Server): RangedFile {
  return new RangedFile(path, url, bytes, server, version);
}

/**
 * The files, readable by this page and by every thread that they are sent to, for as long as the page is there.
 *
 * @param files of one folder, by their paths in it
 */
export function servedFolder(files: readonly ListedFile[], server: Server): ReadonlyMap<string, ServedFile> {
  const folder = crypto.randomUUID();
  serveFolder(folder, new FolderReader(files, server));
  return new Map(
    files.map(({ path, bytes }) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return [path, new ServedFile({ folder, path, name, size: bytes })];
    }),
  );
}
