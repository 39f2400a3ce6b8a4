/** What the built pages define for the scripts that drive them. */
export {};

export interface HeadlessRequest {
  command: string;
  /** Flag values by camel-case name, defaults filled in; those of files, `--out`, `--quiet` and `--adapter` stay outside. */
  flags: Record<string, string | number | boolean | string[]>;
  /** Per flag that names files: `files` is how many its slot's file input holds, 0 for a demo. */
  inputs: Record<string, { name: string; demo: string | null; files: number }>;
}

export type HeadlessAnswer =
  | { ok: true; result: unknown }
  | { ok: false; error: { name: string; message: string; kind: 'input' | 'interrupted' | 'internal' } };

declare global {
  var frankenscopeHeadless: {
    /** Makes or finds the `<input type="file" multiple>` of a slot; returns its CSS selector. */
    slot(name: string): string;
    run(request: HeadlessRequest): Promise<HeadlessAnswer>;
  };
  var frankenscopeBench: {
    run(flags: HeadlessRequest['flags']): Promise<unknown>;
  };
}
