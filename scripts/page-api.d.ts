/** What the built pages define for the scripts that drive them. */
export {};

/** A folder or set of files in one of the page's file inputs, whose files have these paths, in order. */
export interface HandedInput {
  name: string;
  paths: string[];
  /** What tells its files from others: `file-stamp.mjs`. */
  stamp: string;
}

export interface HeadlessRequest {
  command: string;
  /** Flag values by camel-case name, defaults filled in; those of files, `--out`, `--quiet` and `--adapter` stay outside. */
  flags: Record<string, string | number | boolean | string[]>;
  /** Per flag that names folders or files, what was given, in order. */
  inputs: Record<string, HandedInput[]>;
  /** The address below which results and journals are written: `scripts/session.mjs`. */
  session: string;
  /** The one file that `--out` names, where it is written piece by piece; null else. */
  outName: string | null;
  /** The words that run the same command again. */
  again: string;
}

/** A folder or list that a study names: the flag under which the page takes it, and the field of the file. */
export interface NamedPlace {
  flag: string;
  kind: 'checkpoint' | 'data';
  path: string;
  field: string;
}

export type HeadlessAnswer =
  /** spent: the journals that the result makes needless, once it is on the disk */
  | { ok: true; result: unknown; spent: string[] }
  | { ok: false; error: { name: string; message: string; kind: 'input' | 'interrupted' | 'internal' } };

declare global {
  var frankenscopeHeadless: {
    /** CSS selector of an `<input type="file" multiple>` for so many files of this stamp; null where they were handed over before. */
    slot(stamp: string, count: number): string | null;
    run(request: HeadlessRequest): Promise<HeadlessAnswer>;
    /** What the study of `--spec` names, as `NamedPlace`s. */
    places(inputs: HeadlessRequest['inputs']): Promise<HeadlessAnswer>;
    /** Ends the run of this session, under way or about to begin, which answers "interrupted". */
    cancel(session: string): void;
  };
  var frankenscopeBench: {
    run(flags: HeadlessRequest['flags']): Promise<unknown>;
  };
  /** Puts the files of origin-private storage out of the machine's memory. */
  var frankenscopeDropCached: () => Promise<void>;
}
