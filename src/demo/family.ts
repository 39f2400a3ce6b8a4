/** The demo family: its index, and each checkpoint as the folder of files that opening takes. */
import { NamedError } from '../named-error.ts';
import { cacheKey, download, keep } from './download.ts';
import type { DemoCheckpoint, DemoExample, DemoIndex } from './index-file.ts';
import { INDEX_FILE, parseDemoIndex } from './index-file.ts';
import type { DemoSite } from './site.ts';
import { pageSite } from './site.ts';

export interface FetchOptions {
  readonly signal?: AbortSignal;
  /** Bytes of the checkpoint that are here, of all its files; from the cache or the network. */
  readonly onProgress?: (progress: { readonly bytesDone: number; readonly bytesTotal: number }) => void;
  readonly site?: DemoSite;
}

/** A checkpoint folder in memory. */
export interface DemoFolder {
  readonly checkpoint: DemoCheckpoint;
  readonly files: ReadonlyMap<string, File>;
  /** Whether all of it will be there without a network. */
  readonly kept: boolean;
}

/**
 * Reads `demo/index.json`: from the network, and where that fails as it was at the last time. What is kept of files that the index
 * no longer names is removed.
 *
 * @throws NamedError `DemoNotFound` when the host has none or cannot be reached, and those of `parseDemoIndex`.
 */
export async function openDemoIndex(site: DemoSite = pageSite()): Promise<DemoIndex> {
  const cache = await site.cache();
  const key = new URL(INDEX_FILE, site.base).href;
  const response = await site.fetch(new URL(INDEX_FILE, site.base), { cache: 'no-cache' }).catch(() => null);
  if (!response || response.status >= 500) {
    const before = await cache?.match(key);
    if (before) return parseDemoIndex(await before.text());
    throw notFound(response ? `the server answered ${response.status}` : 'the host cannot be reached');
  }
  if (!response.ok) throw notFound(`the server answered ${response.status}`);
  const text = await response.text();
  const index = parseDemoIndex(text);
  await keep(cache, key, text);
  const named = [...index.checkpoints.flatMap(({ files }) => files), ...index.examples];
  const current = new Set([key, ...named.map(({ sha256 }) => cacheKey(site, sha256))]);
  for (const { url } of (await cache?.keys()) ?? []) if (!current.has(url)) await cache?.delete(url);
  return index;
}

/**
 * Fetches a checkpoint's files, one after the other, weights last; whole and verified, or not at all.
 *
 * @throws NamedError those of `download`.
 */
export async function fetchDemoCheckpoint(
  checkpoint: DemoCheckpoint,
  { signal, onProgress, site = pageSite() }: FetchOptions = {},
): Promise<DemoFolder> {
  const files = new Map<string, File>();
  let before = 0;
  let kept = true;
  const report = (bytesDone: number) => onProgress?.({ bytesDone, bytesTotal: checkpoint.bytes });
  report(0);
  for (const file of checkpoint.files) {
    const got = await download(site, `${checkpoint.name}/${file.name}`, file, {
      ...(signal ? { signal } : {}),
      onBytes: (bytes) => report(before + bytes),
    });
    // Their bytes are known: that they are made again is no change.
    files.set(file.name, new File([got.bytes], file.name, { lastModified: 0 }));
    before += file.bytes;
    kept &&= got.kept;
  }
  return { checkpoint, files, kept };
}

/** How much of the family, each file counted once, is here without a network. */
export async function keptDemo(
  { checkpoints, examples }: DemoIndex,
  site: DemoSite = pageSite(),
): Promise<{ readonly bytes: number; readonly missing: number }> {
  const kept = new Set(((await (await site.cache())?.keys()) ?? []).map(({ url }) => url));
  const files = [...checkpoints.flatMap(({ files }) => files), ...examples];
  let [bytes, missing] = [0, 0];
  for (const file of new Map(files.map((file) => [file.sha256, file])).values()) {
    bytes += file.bytes;
    if (!kept.has(cacheKey(site, file.sha256))) missing += file.bytes;
  }
  return { bytes, missing };
}

/** An example's picture. @throws NamedError those of `download`. */
export async function fetchDemoExample(
  example: DemoExample,
  { signal, site = pageSite() }: FetchOptions = {},
): Promise<File> {
  const { bytes } = await download(site, example.name, example, signal ? { signal } : {});
  return new File([bytes], example.name.replace('examples/', ''), { type: 'image/png' });
}

function notFound(what: string): NamedError {
  return new NamedError(
    'DemoNotFound',
    what,
    { file: `demo/${INDEX_FILE}` },
    'without the demo family everything else works: open your own checkpoint folders, or reach the host and press again',
  );
}
