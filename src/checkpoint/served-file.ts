/** A file on a server, as a `ByteSource`: the page that opened it fetches, and every thread asks the page. */
import type { ErrorName } from '../error-name.ts';
import { NamedError, type ErrorPlace } from '../named-error.ts';
import type { ByteSource, CheckpointFiles } from './byte-source.ts';

/** `[start, end)` of a file. */
export type ByteRange = readonly [start: number, end: number];

/** Reads the files of one folder on a server. */
export interface ServedReader {
  /** The bytes of the ranges, one after another. @throws NamedError */
  read(path: string, ranges: readonly ByteRange[]): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Ends with NamedError `Cancelled` all reads under way, and those asked for until `until` has settled: whoever reads in another
   * thread hears of the end later.
   */
  stop(until?: Promise<unknown>): void;
}

/** What is known of a file on a server: plain data, as a message to a thread holds it. */
export interface ServedFacts {
  /** Of the folder that it belongs to, among all that any page has opened. */
  readonly folder: string;
  /** Within the folder. */
  readonly path: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
}

interface Request {
  readonly id: number;
  /** The channel that is to be answered on. */
  readonly reply: string;
  readonly path: string;
  readonly ranges: readonly ByteRange[];
}

interface WireError {
  readonly name: ErrorName;
  readonly what: string;
  readonly place: ErrorPlace;
  readonly remedy: string;
}

type Reply =
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly error: WireError };

/** The folders that this page has opened. */
const opened = new Map<string, ServedReader>();

/**
 * A thread cannot fetch it itself: workers keep the policy that lets them talk to nobody but the app's own host. What a thread is
 * sent of this is its fields; `receivedFolder` makes files of them again.
 */
export class ServedFile implements ByteSource, ServedFacts {
  readonly folder: string;
  readonly path: string;
  readonly name: string;
  readonly size: number;

  constructor({ folder, path, name, size }: ServedFacts) {
    this.folder = folder;
    this.path = path;
    this.name = name;
    this.size = size;
  }

  /** What a message to a thread holds of it. */
  get facts(): ServedFacts {
    const { folder, path, name, size } = this;
    return { folder, path, name, size };
  }

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: async () => (await this.scattered([[start, Math.min(end, this.size)]])).buffer };
  }

  /** Many ranges with one message, so that neighbours are fetched together. @throws NamedError those of fetching */
  scattered(ranges: readonly ByteRange[]): Promise<Uint8Array<ArrayBuffer>> {
    const here = opened.get(this.folder);
    return here ? here.read(this.path, ranges) : askPage(this.folder, this.path, ranges);
  }
}

/** A folder as it came out of a message: of files on a server only the fields came through. */
export function receivedFolder(files: CheckpointFiles): CheckpointFiles {
  const received = [...files].map(([path, source]): readonly [string, ByteSource] => [
    path,
    isFacts(source) ? new ServedFile(source) : source,
  ]);
  return received.every(([path, source]) => files.get(path) === source) ? files : new Map(received);
}

/** Ends what is being fetched of these files, and what is asked for until `until` has settled; nothing where none is on a server. */
export function stopFetching(files: CheckpointFiles, until?: Promise<unknown>): void {
  const folders = [...files.values()].flatMap((source) =>
    source instanceof ServedFile ? source.folder : [],
  );
  for (const folder of new Set(folders)) opened.get(folder)?.stop(until);
}

/** Lets this page, and every thread that its files are sent to, read the folder. Returns what ends that. */
export function serveFolder(folder: string, reader: ServedReader): () => void {
  opened.set(folder, reader);
  const requests = new BroadcastChannel(channelOf(folder));
  const replies = new Map<string, BroadcastChannel>();
  requests.onmessage = ({ data }: MessageEvent<Request>) => {
    const { id, reply, path, ranges } = data;
    const to = replies.get(reply) ?? new BroadcastChannel(reply);
    replies.set(reply, to);
    const answer = (message: Reply): void => to.postMessage(message);
    reader.read(path, ranges).then(
      (bytes) => answer({ id, bytes }),
      (error: unknown) => answer({ id, error: toWire(error, path) }),
    );
  };
  return () => {
    opened.delete(folder);
    for (const channel of [requests, ...replies.values()]) channel.close();
  };
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: NamedError) => void;
}

/** This thread's way to one folder's page. */
class PageLine {
  readonly #requests: BroadcastChannel;
  readonly #reply = `served-reply-${crypto.randomUUID()}`;
  readonly #waiting = new Map<number, Waiting>();
  #serial = 0;

  constructor(folder: string) {
    this.#requests = new BroadcastChannel(channelOf(folder));
    new BroadcastChannel(this.#reply).onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('bytes' in data) waiting?.resolve(data.bytes);
      else waiting?.reject(fromWire(data.error));
    };
  }

  ask(path: string, ranges: readonly ByteRange[]): Promise<Uint8Array<ArrayBuffer>> {
    const id = this.#serial++;
    const request: Request = { id, reply: this.#reply, path, ranges };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#requests.postMessage(request);
    });
  }
}

const lines = new Map<string, PageLine>();

function askPage(
  folder: string,
  path: string,
  ranges: readonly ByteRange[],
): Promise<Uint8Array<ArrayBuffer>> {
  const line = lines.get(folder) ?? new PageLine(folder);
  lines.set(folder, line);
  return line.ask(path, ranges);
}

const channelOf = (folder: string): string => `served-${folder}`;

function isFacts(source: ByteSource): source is ServedFile {
  return !(source instanceof ServedFile) && 'folder' in source && 'path' in source && !('slice' in source);
}

function toWire(error: unknown, file: string): WireError {
  const named =
    error instanceof NamedError
      ? error
      : new NamedError('FileUnreadable', String(error), { file }, 'open it from the server again');
  const { name, what, place, remedy } = named;
  return { name, what, place, remedy };
}

function fromWire({ name, what, place, remedy }: WireError): NamedError {
  return new NamedError(name, what, place, remedy);
}
