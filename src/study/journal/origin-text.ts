/** Who computed something, as a person is told: apart from what reads journals, which a first visit does without. */
import { dayOf } from './kept-work-text.ts';

/** Who computed something, and when. */
export interface Origin {
  /** Of its journal. */
  readonly key: string;
  /** As a person names it. */
  readonly build: string;
  /** The hash of the modules that computed it: all that has one is of one code. */
  readonly modules: string;
  /** ISO 8601, of its last change. */
  readonly at: string;
  /** It travels with the app: this build's code, and nothing that this browser computed. */
  readonly carried?: true;
}

/** "computed by build 0.1.0 (1a2b3c4d) on 2026-11-28 10:49". */
export function originText({ build, at, carried }: Pick<Origin, 'build' | 'at' | 'carried'>): string {
  return carried
    ? `carried with the app: measured by version ${build} on ${dayOf(at)}`
    : `computed by build ${build} on ${dayOf(at)}`;
}

/** What a person is told beside it, in sentences. */
export function originNotice(origin: Origin, left: number): string {
  const text = originText(origin);
  if (origin.carried) return `${text.charAt(0).toUpperCase()}${text.slice(1)}. A run measures it here.`;
  const lines = left === 1 ? '1 record of it is' : `${left} records of it are`;
  const missing =
    left === 0 ? '' : ` ${lines} damaged, or of a shape that this build does not know, and left out.`;
  return (
    `${text.charAt(0).toUpperCase()}${text.slice(1)}, whose code is not this build's: shown as it was kept, not gone on ` +
    `with. Computing again begins anew.${missing}`
  );
}
