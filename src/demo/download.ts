/** One file of the demo family: from the cache if its bytes are right, else from the network, checked before it is kept. */
import { NamedError } from '../named-error.ts';
import type { DemoFile } from './index-file.ts';
import type { DemoCache, DemoSite } from './site.ts';
import { plainReason } from '../plain-reason.ts';
import { sha256Hex } from '../work/sha256.ts';
import { throwIfCancelled } from '../work/cancel.ts';

export interface Downloaded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly fromCache: boolean;
  /** Whether it will be there without a network. */
  readonly kept: boolean;
}

/**
 * Gives `path` (below `site.base`) with exactly the bytes the index promises. The cache is keyed by SHA-256: files that several
 * checkpoints share are kept once, and a new version is another entry. A file is kept after its hash was
 * found right, and checked again when it is taken out; one found damaged is removed and fetched again.
 *
 * @param onBytes bytes come in so far, of this file
 * @throws NamedError `DemoFileUnreachable` (no network, an error status), `DemoFileDamaged` (size or hash), `Cancelled`
 */
export async function download(
  site: DemoSite,
  path: string,
  expected: DemoFile,
  { signal, onBytes }: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void } = {},
): Promise<Downloaded> {
  throwIfCancelled(signal);
  const cache = await site.cache();
  const key = cacheKey(site, expected.sha256);
  const before = await cached(cache, key, expected);
  throwIfCancelled(signal);
  if (before) {
    onBytes?.(before.length);
    return { bytes: before, fromCache: true, kept: true };
  }
  const bytes = await fetchBytes(site, path, expected, signal, onBytes);
  const sha256 = await sha256Hex(bytes);
  if (sha256 !== expected.sha256) throw damaged(`its SHA-256 is ${sha256}, not ${expected.sha256}`, path);
  throwIfCancelled(signal);
  return { bytes, fromCache: false, kept: await keep(cache, key, bytes) };
}

/** The address a file is kept under. */
export function cacheKey(site: DemoSite, sha256: string): string {
  return new URL(`sha256/${sha256}`, site.base).href;
}

/** Stores what was found right; false where the browser gives no room. */
export async function keep(cache: DemoCache | null, key: string, body: BodyInit): Promise<boolean> {
  if (!cache) return false;
  return cache.put(key, new Response(body)).then(
    () => true,
    () => false,
  );
}

async function cached(
  cache: DemoCache | null,
  key: string,
  expected: DemoFile,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const found = await cache?.match(key);
  if (!found) return null;
  const bytes = new Uint8Array(await found.arrayBuffer());
  if (bytes.length === expected.bytes && (await sha256Hex(bytes)) === expected.sha256) return bytes;
  await cache?.delete(key);
  return null;
}

async function fetchBytes(
  site: DemoSite,
  path: string,
  { bytes: size }: DemoFile,
  signal: AbortSignal | undefined,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(size);
  let at = 0;
  try {
    // Kept under its hash here; the browser's own cache could only add a copy, or hand out the version before.
    const response = await site.fetch(new URL(path, site.base), {
      cache: 'no-store',
      ...(signal ? { signal } : {}),
    });
    if (!response.ok || !response.body) throw unreachable(`the server answered ${response.status}`, path);
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (at + value.length > size) {
        await reader.cancel();
        throw damaged(`it has more than the ${size} bytes of the index`, path);
      }
      whole.set(value, at);
      at += value.length;
      onBytes?.(at);
    }
  } catch (cause) {
    throwIfCancelled(signal);
    if (cause instanceof NamedError) throw cause;
    throw unreachable(`it could not be fetched (${plainReason(cause)})`, path, cause);
  }
  if (at < size) throw damaged(`${at} of its ${size} bytes came`, path);
  return whole;
}

function unreachable(what: string, path: string, cause?: unknown): NamedError {
  const remedy = 'check the connection and press again: what has come already is kept';
  return new NamedError('DemoFileUnreachable', what, { file: `demo/${path}` }, remedy, { cause });
}

function damaged(what: string, path: string): NamedError {
  const remedy =
    'press again; if it stays, the host carries another version: reload the page or build the app again';
  return new NamedError('DemoFileDamaged', what, { file: `demo/${path}` }, remedy);
}
