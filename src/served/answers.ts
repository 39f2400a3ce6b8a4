/** Small answers that are read whole: listings, indexes. */
import { NamedError } from '../named-error.ts';
import { Passing } from '../remote/retry.ts';
import { joinedBytes } from '../work/bytes.ts';
import { parts } from './ranged-file.ts';
import { type Answer, checkStatus, type Server } from './server.ts';

/** A page of a listing has a thousand entries of some 300 bytes. */
const MOST_BYTES = 16 * 2 ** 20;

/** The body as text. @throws NamedError `BadListing` for more than 16 MiB; `Passing` where it breaks off */
async function bodyOf({ response, heard }: Answer, file: string, signal?: AbortSignal): Promise<string> {
  const came: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of parts(response, signal)) {
    came.push(part);
    bytes += part.length;
    heard(part.length);
    if (bytes > MOST_BYTES) throw badListing(`more than ${MOST_BYTES} bytes came`, file);
  }
  const length = response.headers.get('content-length');
  if (length !== null && response.headers.get('content-encoding') === null && bytes < Number(length))
    throw new Passing(`${bytes} of ${length} bytes came`);
  return new TextDecoder().decode(joinedBytes(came));
}

/** JSON of an address, and the headers that came with it. @throws NamedError `BadListing`, those of `Server.ask` */
export async function askJson(
  server: Server,
  url: URL,
  file: string,
  signal?: AbortSignal,
): Promise<{ readonly json: unknown; readonly headers: Headers }> {
  const take = async (answer: Answer) => {
    checkStatus(answer.response, file);
    const text = await bodyOf(answer, file, signal);
    try {
      return { json: JSON.parse(text) as unknown, headers: answer.response.headers };
    } catch {
      throw badListing('what came is no JSON', file);
    }
  };
  return server.ask(() => ({ url }), take, file, signal);
}

export function badListing(what: string, file: string): NamedError {
  return new NamedError(
    'BadListing',
    what,
    { file },
    'check the address: what answers there is no such server',
  );
}
