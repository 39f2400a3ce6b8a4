/** Everything that the app needs without a network on this machine, in parts that a person knows. */
import { fetchDemoCheckpoint, fetchDemoExample, keptDemo, openDemoIndex } from '../../demo/family.ts';
import { pageSite, type DemoSite } from '../../demo/site.ts';
import type { Bridge } from '../../engine/backend/ort-builds.ts';
import type { FileGroup, KeptFile } from '../../offline/app-files.ts';
import { throwIfCancelled } from '../../work/cancel.ts';
import type { Offline } from './offline.svelte.ts';

export interface OfflinePart {
  readonly name: 'app' | 'runtime' | 'samples' | 'demo';
  readonly bytes: number;
  /** Bytes that are not here yet. */
  readonly missing: number;
}

const PARTS = [
  ['app', ['app']],
  ['runtime', ['wasm']],
  ['samples', ['samples']],
] as const satisfies readonly (readonly [OfflinePart['name'], readonly FileGroup[]])[];

/** The groups a machine needs: of the builds that run on a GPU, the one for its browser. */
function groupsOf(groups: readonly FileGroup[], bridge: Bridge | null): readonly FileGroup[] {
  return bridge && groups.includes('wasm') ? [...groups, bridge] : groups;
}

/** The app's own files, by what the service worker holds. */
export function appParts(files: readonly KeptFile[], bridge: Bridge | null): readonly OfflinePart[] {
  const sum = (some: readonly KeptFile[]) => some.reduce((total, { bytes }) => total + bytes, 0);
  return PARTS.map(([name, groups]) => {
    const own = files.filter(({ group }) => groupsOf(groups, bridge).includes(group));
    return { name, bytes: sum(own), missing: sum(own.filter(({ kept }) => !kept)) };
  });
}

/** The demo family; null where the host has none, or it cannot be asked and never was. */
export async function demoPart(site: DemoSite = pageSite()): Promise<OfflinePart | null> {
  const index = await openDemoIndex(site).catch(() => null);
  return index && { name: 'demo', ...(await keptDemo(index, site)) };
}

/**
 * Fetches all that is missing.
 *
 * @param onProgress bytes that came, of those that were missing
 * @throws NamedError `Cancelled`, and those of the demo family's download
 */
export async function keepAll(
  offline: Offline,
  bridge: Bridge | null,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number, total: number) => void },
  site: DemoSite = pageSite(),
): Promise<void> {
  const demo = await demoPart(site);
  const parts = [...appParts(offline.files ?? [], bridge), ...(demo ? [demo] : [])];
  const total = parts.reduce((sum, { missing }) => sum + missing, 0);
  const groups = PARTS.flatMap(([, some]) => groupsOf(some, bridge));
  await offline.keep(groups, { signal, onProgress: (done) => onProgress(done, total) });
  throwIfCancelled(signal);
  if (!demo) return;
  const index = await openDemoIndex(site);
  for (const checkpoint of index.checkpoints) {
    await fetchDemoCheckpoint(checkpoint, { site, signal });
    onProgress(total - (await keptDemo(index, site)).missing, total);
  }
  for (const example of index.examples) await fetchDemoExample(example, { site, signal });
}
