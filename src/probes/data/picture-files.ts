/** Finds the files that a list's rows name. */
export class PictureFiles {
  readonly #folder: string;
  readonly #files: ReadonlyMap<string, Blob>;
  /** Paths by the file's own name. */
  #byName: Map<string, string[]> | undefined;

  /** @param folder the list's own, with a slash at its end, or empty */
  constructor(folder: string, files: ReadonlyMap<string, Blob>) {
    this.#folder = folder;
    this.#files = files;
  }

  /** The file of a path as seen from the list's folder: `images/0.png`, `./images/0.png`, `..\images\0.png`. */
  at(name: string): Blob | undefined {
    return this.#files.get(this.#folder + name) ?? this.#files.get(normal(this.#folder + slashed(name)));
  }

  /**
   * The same; else the one file below the list's folder whose path ends so, for rows that leave out the folder images lie in.
   * Undefined where there is none or more than one.
   */
  find(name: string): Blob | undefined {
    const exact = this.at(name);
    if (exact || slashed(name).startsWith('/')) return exact;
    const below = normal(slashed(name));
    const found = this.#called(below).filter((path) => path.endsWith(`/${below}`));
    return found.length === 1 ? this.#files.get(found[0] as string) : undefined;
  }

  #called(below: string): readonly string[] {
    if (!this.#byName) {
      this.#byName = new Map();
      for (const path of this.#files.keys()) {
        if (!path.startsWith(this.#folder)) continue;
        const own = path.slice(path.lastIndexOf('/') + 1);
        this.#byName.set(own, [...(this.#byName.get(own) ?? []), path]);
      }
    }
    return this.#byName.get(below.slice(below.lastIndexOf('/') + 1)) ?? [];
  }
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Without `.` and `..`. */
function normal(path: string): string {
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '.' && name !== '') names.push(name);
  }
  return names.join('/');
}
