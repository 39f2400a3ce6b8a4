import type { HandedInput, HeadlessRequest } from '../../scripts/page-api.d.ts';

/**
 * Sets of files that stay handed over for requests to come: as many as a study's models and lists. A browser remembers every file that
 * it was ever handed, so that a data set is handed over once and not with each request.
 */
const MOST_SETS = 16;

/** The file input that holds the files of this stamp: the browser reads them from disk, nothing is copied. The one used last stands last. */
function inputOf(stamp: string): HTMLInputElement {
  const id = `files-${stamp}`;
  const found = document.querySelector<HTMLInputElement>(`#${id}`);
  const input = found ?? Object.assign(document.createElement('input'), { id, type: 'file', multiple: true });
  document.body.append(input);
  return input;
}

/** Selector of the input that wants so many files of this stamp; null where it has them. */
export function wantedInput(stamp: string, count: number): string | null {
  const input = inputOf(stamp);
  return input.files?.length === count ? null : `#${input.id}`;
}

/** Lets go of files that no request has named for long; with `all`, of every file. */
export function forgetFiles(all: boolean): void {
  const inputs = [...document.querySelectorAll('input[type=file]')];
  for (const input of all ? inputs : inputs.slice(0, -MOST_SETS)) input.remove();
}

/** A folder, or single files, that the user named. */
export interface GivenFiles {
  /** The folder's own name, or `demo:NAME`. */
  readonly name: string;
  /** What tells its files from others. */
  readonly stamp: string;
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
      return input ? [filesOf(from, input)] : [];
    });
  }

  /** Stamps of all that was handed over. */
  get stamps(): ReadonlySet<string> {
    return new Set(Object.values(this.#inputs).flatMap((given) => given.map(({ stamp }) => stamp)));
  }

  /** The first value of the flag; undefined where it was not given. */
  one(flag: string): GivenFiles | undefined {
    return this.all(flag)[0];
  }

  /** The files of a flag of kind `files`, in the order they were given. */
  list(flag: string): readonly File[] {
    return this.#inputs[flag]?.flatMap(handedFiles) ?? [];
  }
}

function handedFiles({ stamp }: HandedInput): readonly File[] {
  return [...(inputOf(stamp).files ?? [])];
}

function filesOf(flag: string, input: HandedInput): GivenFiles {
  const { name, paths, stamp } = input;
  const handed = handedFiles(input);
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
