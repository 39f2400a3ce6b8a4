import { NamedError } from '../named-error.ts';

/** One request's body: large enough that requests cost nothing, small enough that memory stays flat. */
const PIECE_BYTES = 8 * 2 ** 20;

/** A folder of results that is written piece by piece; it can stand in a worker as well as in the page. */
export interface OutFolder {
  /**
   * Begins a file at a path below the folder, with slashes; folders on the way are made. Writing to the stream is
   * held back by the disk: memory stays flat however large the file. The stream can be transferred to a worker.
   * Files get their names when the command is done, in the order in which they were begun (so begin an index
   * after what it lists); until then they are `NAME.partial`, and a run that fails or is interrupted leaves none.
   */
  create(path: string): Promise<WritableStream<Uint8Array>>;
  /** A file of one piece. */
  text(path: string, text: string): Promise<void>;
  /** The value as JSON and a newline. */
  json(path: string, value: unknown): Promise<void>;
}

/**
 * The folder `--out`, over the headless command's server.
 * @param session the address below which it answers (`scripts/session.mjs`)
 */
export function outFolder(session: string): OutFolder {
  const request = async (
    method: 'PUT' | 'POST',
    path: string,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<void> => {
    const address = `${session}out/${path.split('/').map(encodeURIComponent).join('/')}`;
    const response = await fetch(address, { method, ...(body ? { body } : {}) });
    if (response.ok) return;
    throw new NamedError(
      'OutputFailed',
      await response.text(),
      { file: path },
      'make room, or choose another place with --out',
    );
  };
  const create = async (path: string): Promise<WritableStream<Uint8Array>> => {
    await request('PUT', path);
    return new WritableStream<Uint8Array>(
      {
        async write(chunk) {
          for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
            await request('POST', path, unshared(chunk.subarray(start, start + PIECE_BYTES)));
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
  return { create, text, json: (path, value) => text(path, `${JSON.stringify(value)}\n`) };
}

/** Bytes as fetch takes them: WASM memory may be shared between threads, a request's body must not be. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
