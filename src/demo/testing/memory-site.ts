import { sha256Hex } from '../../work/sha256.ts';
import type { DemoCache, DemoSite } from '../site.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/**
 * A host and the browser's two caches in memory, for tests: files can be changed, taken away, and the network cut.
 * The HTTP cache hands out what came before for ever, as it may where a host says nothing about age.
 */
export class MemorySite implements DemoSite {
  readonly base = new URL('https://host.example/sub/folder/demo/');
  readonly host = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #httpCache = new Map<string, Uint8Array<ArrayBuffer>>();
  /** What was asked of the host, in order. */
  readonly asked: string[] = [];
  online = true;
  /** Whether the cache takes anything: a full disk does not. */
  room = true;
  /** Bytes that come at a time. */
  piece = 4;

  readonly fetch = (url: URL, init?: RequestInit): Promise<Response> => {
    const path = url.href.slice(this.base.href.length);
    this.asked.push(path);
    const mayBeOld = init?.cache === undefined || init.cache === 'default';
    const before = mayBeOld ? this.#httpCache.get(path) : undefined;
    if (!this.online && !before) return Promise.reject(new TypeError('network down'));
    const bytes = before ?? this.host.get(path);
    if (!bytes) return Promise.resolve(new Response('gone', { status: 404 }));
    if (init?.cache !== 'no-store') this.#httpCache.set(path, bytes);
    const { piece } = this;
    let at = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if (init?.signal?.aborted) controller.error(new DOMException('aborted', 'AbortError'));
        else if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(at, (at += piece)));
      },
    });
    return Promise.resolve(new Response(body));
  };

  readonly cache = (): Promise<DemoCache> => {
    const key = (request: RequestInfo | URL) => (request instanceof Request ? request.url : String(request));
    return Promise.resolve({
      match: (request) => {
        const bytes = this.kept.get(key(request));
        return Promise.resolve(bytes && new Response(bytes));
      },
      put: async (request, response) => {
        if (!this.room) throw new DOMException('full', 'QuotaExceededError');
        this.kept.set(key(request), new Uint8Array(await response.arrayBuffer()));
      },
      delete: (request) => Promise.resolve(this.kept.delete(key(request))),
      keys: () => Promise.resolve([...this.kept.keys()].map((url) => new Request(url))),
    });
  };

  /** Puts a family of one checkpoint there, its tokenizer shared with none. */
  async publish(weights = 'weights of sixteen bytes and more'): Promise<void> {
    const files = { 'config.json': '{"a":1}', 'model.safetensors': weights };
    const describe = async (path: string, text: string) => {
      this.host.set(path, encode(text));
      return { bytes: encode(text).length, sha256: await sha256Hex(encode(text)) };
    };
    const listed = await Promise.all(
      Object.entries(files).map(async ([name, text]) => ({
        name,
        ...(await describe(`base/${name}`, text)),
      })),
    );
    const picture = await describe('examples/a.png', 'png');
    const index = {
      format: 1,
      recipe: {
        name: 'demo',
        title: 'Demo family',
        system: null,
        prefix: '',
        temperature: 0,
        maxNewTokens: 160,
      },
      checkpoints: [{ name: 'base', title: 'Base', role: 'base', frozen: null, files: listed }],
      examples: [{ name: 'examples/a.png', ...picture, question: 'How many?', answer: '3' }],
    };
    this.host.set('index.json', encode(JSON.stringify(index)));
  }
}
