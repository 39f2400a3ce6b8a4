import type { HandedInput, HeadlessRequest } from '../../scripts/page-api.d.ts';

/** The file input by which the shell hands files over: the browser reads them from disk, nothing is copied. */
export function fileInput(flag: string, index: number): HTMLInputElement {
  const id = `files-${flag}-${index}`;
  const found = document.querySelector<HTMLInputElement>(`#${id}`);
  if (found) return found;
  const made = document.createElement('input');
  Object.assign(made, { id, type: 'file', multiple: true });
  document.body.append(made);
  return made;
}

/** Lets go of all files that were handed over: the next request has its own. */
export function forgetFileInputs(): void {
  for (const input of document.querySelectorAll('input[type=file]')) input.remove();
}

/** A folder, or single files, that the user named. */
export interface GivenFiles {
  /** The folder's own name, or `demo:NAME`. */
  readonly name: string;
  /** Of a checkpoint, what tells its files from others; null of what is not kept. */
  readonly stamp: string | null;
  /** By path below the folder, with slashes, in the order of the paths. */
  readonly files: ReadonlyMap<string, File>;
}

/** By flag of one analysis, the values of other flags that it is given, in order. */
export type Instead = ReadonlyMap<string, readonly (readonly [flag: string, index: number])[]>;

/** What was handed over for each flag that names folders or files. */
export class GivenInputs {
  readonly #inputs: HeadlessRequest['inputs'];
  readonly #instead: Instead | null;

  constructor(inputs: HeadlessRequest['inputs'], instead: Instead | null = null) {
    this.#inputs = inputs;
    this.#instead = instead;
  }

  /** The same values under other flags; what is not named is not given. */
  as(instead: Instead): GivenInputs {
    return new GivenInputs(this.#inputs, instead);
  }

  /** Every value of the flag, in order; empty where it was not given. */
  all(flag: string): readonly GivenFiles[] {
    const own = this.#inputs[flag]?.map((_, index) => [flag, index] as const) ?? [];
    const named = this.#instead ? (this.#instead.get(flag) ?? []) : own;
    return named.flatMap(([from, index]) => {
      const input = this.#inputs[from]?.[index];
      return input ? [filesOf(from, index, input)] : [];
    });
  }

  /** Stamps of all checkpoints that were handed over. */
  get stamps(): ReadonlySet<string> {
    return new Set(Object.values(this.#inputs).flatMap((given) => given.flatMap(({ stamp }) => stamp ?? [])));
  }

  /** The first value of the flag; undefined where it was not given. */
  one(flag: string): GivenFiles | undefined {
    return this.all(flag)[0];
  }

  /** The files of a flag of kind `files`, in the order they were given. */
  list(flag: string): readonly File[] {
    return [...(fileInput(flag, 0).files ?? [])];
  }
}

function filesOf(flag: string, index: number, { name, paths, stamp }: HandedInput): GivenFiles {
  const handed = [...(fileInput(flag, index).files ?? [])];
  const files = new Map<string, File>();
  for (const [at, path] of paths.entries()) {
    const file = handed[at];
    if (file === undefined || file.name !== path.split('/').at(-1)) {
      throw new RangeError(
        `--${flag}: file ${at} is ${file?.name ?? 'missing'} where ${path} was handed over`,
      );
    }
    files.set(path, file);
  }
  return { name, stamp, files };
}
