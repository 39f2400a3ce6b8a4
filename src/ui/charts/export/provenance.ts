import { getContext, setContext } from 'svelte';
import type { Provenance } from './json.ts';

const KEY = Symbol('provenance');

/** Says for all charts below where their numbers come from; read when a chart is exported. */
export function setProvenance(provenance: () => Provenance | null): void {
  setContext(KEY, provenance);
}

/** What the page said; null where it said nothing. */
export function getProvenance(): () => Provenance | null {
  return getContext<(() => Provenance | null) | undefined>(KEY) ?? (() => null);
}
