import type { ByteSource } from '../checkpoint/byte-source.ts';
import { placeRefusal } from '../merge/output/space.ts';
import type { HeldFile } from '../merge/sinks/sink.ts';
import { NamedError } from '../named-error.ts';

/** One request's body: large enough that requests cost nothing, small enough that memory stays flat. */
const PIECE_BYTES = 8 * 2 ** 20;

/** How another place is chosen: a remedy. */
export const CHOICE = 'choose another place with --out';

/** A folder of results that is written piece by piece; it can stand in a worker as well as in the page. */
export interface OutFolder {
  /**
   * Begins a file at a path below the folder, with slashes; folders on the way are made. Writing to the stream is
   * held back by the disk: memory stays flat however large the file. The stream can be transferred to a worker.
   * Files get their names when the command is done, in the order in which they were begun (so begin an index
   * after what it lists); until then they lie in a folder of this run's own, and a run that fails or is interrupted leaves none.
   */
  create(path: string): Promise<WritableStream<Uint8Array>>;
  /** A file of one piece. */
  text(path: string, text: string): Promise<void>;
  /** The value as JSON and a newline. */
  json(path: string, value: unknown): Promise<void>;
  /** Gives a file its name before the command is done; resolves once it is on the disk. */
  finish(path: string): Promise<void>;
  /** Removes a file, begun or finished; a missing one is no error. */
  remove(path: string): Promise<void>;
  /** What the folder itself holds, and runs that may be writing into it just now. */
  list(): Promise<{ readonly files: readonly HeldFile[]; readonly writers: readonly string[] }>;
  /** A finished file, read by range. */
  read(file: HeldFile): ByteSource;
  /** The folder's path, and what its disk still takes. */
  space(): Promise<{ readonly folder: string; readonly free: number | null }>;
  /** Told how many bytes are to come, so that a full disk can say so. */
  expect(bytes: number): void;
}

/**
 * The folder `--out`, over the headless command's server.
 * @param session the address below which it answers (`scripts/session.mjs`)
 * @param send the browser's own, or, in tests, one without a network
 */
export function outFolder(session: string, send: typeof fetch = fetch): OutFolder {
  let needed: number | null = null;
  const ask = async (
    method: string,
    area: 'out' | 'space',
    path: string,
    body?: Uint8Array<ArrayBuffer>,
    query = '',
  ): Promise<Response> => {
    const parts = path === '' ? '' : `/${path.split('/').map(encodeURIComponent).join('/')}`;
    const response = await send(`${session}${area}${parts}${query}`, { method, ...(body ? { body } : {}) });
    if (response.ok) return response;
    throw await refusal(response, path, needed ?? body?.length ?? null);
  };
  const create = async (path: string): Promise<WritableStream<Uint8Array>> => {
    await ask('PUT', 'out', path);
    return new WritableStream<Uint8Array>(
      {
        async write(chunk) {
          for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
            const piece = unshared(chunk.subarray(start, start + PIECE_BYTES));
            await ask('POST', 'out', path, piece);
            if (needed !== null) needed = Math.max(0, needed - piece.length);
          }
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: PIECE_BYTES }),
    );
  };
  const text = async (path: string, content: string): Promise<void> => {
    const writer = (await create(path)).getWriter();
    await writer.write(new TextEncoder().encode(content));
    await writer.close();
  };
  return {
    create,
    text,
    json: (path, value) => text(path, `${JSON.stringify(value)}\n`),
    finish: async (path) => void (await ask('PATCH', 'out', path)),
    remove: async (path) => void (await ask('DELETE', 'out', path)),
    list: async () => (await (await ask('GET', 'out', '')).json()) as Awaited<ReturnType<OutFolder['list']>>,
    read: ({ name, bytes }) => ({
      name,
      size: bytes ?? 0,
      slice: (start, end) => ({
        arrayBuffer: async () =>
          (await ask('GET', 'out', name, undefined, `?start=${start}&end=${end}`)).arrayBuffer(),
      }),
    }),
    space: async () =>
      (await (await ask('GET', 'space', '')).json()) as Awaited<ReturnType<OutFolder['space']>>,
    expect: (bytes) => void (needed = bytes),
  };
}

/** The status of what the disk refused: its facts come as JSON. */
const REFUSED = 507;

async function refusal(response: Response, file: string, needed: number | null): Promise<NamedError> {
  const text = await response.text();
  if (response.status === REFUSED) {
    const { code, folder, free } = JSON.parse(text) as { code: string; folder: string; free: number | null };
    const refused = placeRefusal(code, { place: folder, file, needed, free, choice: CHOICE });
    if (refused) return refused;
  }
  return new NamedError('OutputFailed', text, { file }, `make room, or ${CHOICE}`);
}

/** Bytes as fetch takes them: WASM memory may be shared between threads, a request's body must not be. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
