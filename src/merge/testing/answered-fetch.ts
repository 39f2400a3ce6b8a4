/** `fetch` answered by a headless session in this process: requests as the page sends them, no network between. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { Session } from '../../../scripts/session.mjs';

export function answeredFetch(session: Session): typeof fetch {
  return (address, options) =>
    new Promise((resolve, reject) => {
      const body = options?.body as Uint8Array | undefined;
      const request = Object.assign(Readable.from(body ? [Buffer.from(body)] : []), {
        url: String(address),
        method: options?.method ?? 'GET',
      });
      let status = 0;
      const response = {
        writeHead: (code: number) => void (status = code),
        end: (content?: string | Buffer) => {
          const said = content === undefined ? null : new Uint8Array(Buffer.from(content));
          resolve(new Response(said, { status }));
        },
      };
      const answered = session.answer(
        request as unknown as IncomingMessage,
        response as unknown as ServerResponse,
      );
      if (!answered) reject(new Error(`${String(address)} is not the session's`));
    });
}
