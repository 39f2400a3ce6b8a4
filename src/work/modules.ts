/** What computed: in place of a version, which says nothing of the code between two of them. */
import { allModules, moduleHashes } from 'virtual:module-hashes';
import { version } from '../version.ts';

/**
 * A name for all code that a kind of work runs through: SHA-256 in hex of its modules and of the packages they import. Records
 * of another are never gone on with. Modules that only draw do not count (`scripts/vite/computing-modules.mjs`).
 */
export function modulesOf(kind: string): string {
  return Object.hasOwn(moduleHashes, kind) ? (moduleHashes[kind] as string) : allModules;
}

/** The build, as a reader tells one from another: version and the beginning of the hash of all that computes. */
export function buildName(): string {
  return `${version} (${allModules.slice(0, 8)})`;
}
