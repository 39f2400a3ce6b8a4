/** A service on this machine that speaks both dialects and misbehaves as it is told, for tests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request carried. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** The last text of the user. */
  readonly prompt: string;
  /** Decoded pictures. */
  readonly images: readonly { readonly mediaType: string; readonly bytes: Uint8Array }[];
}

/** What the service does with one request; a text is an answer. */
export type Behaviour =
  | string
  | { readonly status: number; readonly headers?: Record<string, string>; readonly json?: unknown }
  | { readonly refuse: string }
  | { readonly cut: string }
  | { readonly raw: string }
  | 'hang'
  | { readonly later: string; readonly milliseconds: number };

export interface FakeService {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Most requests that were under way at one time. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** Starts the service; `behave` decides for each request, told how many came before it. */
export async function fakeService(
  behave: (request: SeenRequest, before: number) => Behaviour,
): Promise<FakeService> {
  const seen: SeenRequest[] = [];
  let [atOnce, mostAtOnce] = [0, 0];
  const server = createServer((request, response) => {
    // As services do that let pages ask them.
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', '*, authorization');
    response.setHeader('Access-Control-Expose-Headers', 'retry-after');
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => (atOnce -= 1));
    void readRequest(request).then((read) => {
      const behaviour = behave(read, seen.length);
      seen.push(read);
      answer(read.path.endsWith('/messages') ? 'anthropic' : 'openai', behaviour, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly image_url?: { readonly url: string };
  readonly source?: { readonly media_type: string; readonly data: string };
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const body = Buffer.concat(chunks).toString();
  const { messages } = JSON.parse(body) as { messages: { role: string; content: Part[] | string }[] };
  const content = messages.at(-1)?.content ?? '';
  const parts: readonly Part[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  return {
    path: request.url ?? '',
    headers: request.headers,
    body,
    prompt: parts.map(({ text = '' }) => text).join(''),
    images: parts.flatMap(({ image_url: link, source }) => {
      if (source) return [{ mediaType: source.media_type, bytes: Buffer.from(source.data, 'base64') }];
      const data = /^data:([^;]+);base64,(.*)$/s.exec(link?.url ?? '');
      return data ? [{ mediaType: data[1] ?? '', bytes: Buffer.from(data[2] ?? '', 'base64') }] : [];
    }),
  };
}

function answer(dialect: 'openai' | 'anthropic', behaviour: Behaviour, response: ServerResponse): void {
  const json = (status: number, value: unknown, headers: Record<string, string> = {}): void =>
    void response
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(JSON.stringify(value));
  if (behaviour === 'hang') return;
  if (typeof behaviour === 'string') return json(200, reply(dialect, behaviour, 'end'));
  if ('later' in behaviour) {
    setTimeout(() => json(200, reply(dialect, behaviour.later, 'end')), behaviour.milliseconds);
    return;
  }
  if ('refuse' in behaviour) return json(200, reply(dialect, behaviour.refuse, 'refused'));
  if ('cut' in behaviour) return json(200, reply(dialect, behaviour.cut, 'length'));
  if ('raw' in behaviour) return void response.writeHead(200).end(behaviour.raw);
  const error = { message: `status ${behaviour.status}` };
  json(behaviour.status, behaviour.json ?? { error }, behaviour.headers);
}

function reply(dialect: 'openai' | 'anthropic', text: string, stop: 'end' | 'length' | 'refused'): unknown {
  if (dialect === 'anthropic') {
    const reasons = { end: 'end_turn', length: 'max_tokens', refused: 'refusal' };
    return {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text }],
      stop_reason: reasons[stop],
      usage: { input_tokens: 17, output_tokens: 5 },
    };
  }
  const message =
    stop === 'refused'
      ? { role: 'assistant', content: null, refusal: text }
      : { role: 'assistant', content: text, refusal: null };
  return {
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: stop === 'length' ? 'length' : 'stop' }],
    usage: { prompt_tokens: 17, completion_tokens: 5 },
  };
}
