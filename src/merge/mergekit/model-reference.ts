/** A model as a mergekit file names it: as one string, or as a mapping. */

export interface ModelReference {
  /** A folder, or a name on the hub. */
  readonly path: string;
  readonly revision: string | null;
  /** A LoRA that mergekit would merge into it first. */
  readonly adapter: string | null;
  /** What config.json is to be taken to say instead. */
  readonly architecture: string | null;
}

/**
 * Reads "PATH", "PATH@REVISION", "PATH+ADAPTER" or `{model: PATH or {path, revision}, lora, override_architecture}`, as
 * `ModelReference` of mergekit 0.1.5 does; null for what it refuses.
 */
export function readModel(value: unknown): ModelReference | null {
  if (typeof value === 'string') {
    const [model = '', lora, ...more] = value.split('+');
    return more.length > 0 ? null : readModel({ model, lora });
  }
  const [model, lora] = [readPath(field(value, 'model')), field(value, 'lora')];
  const adapter = lora === undefined ? null : readPath(lora);
  const architecture = field(value, 'override_architecture');
  if (!model || (lora !== undefined && !adapter)) return null;
  if (architecture !== undefined && typeof architecture !== 'string') return null;
  return { ...model, adapter: adapter && called(adapter), architecture: architecture ?? null };
}

/** As a string, the same for the same model. */
export function called({ path, revision }: Pick<ModelReference, 'path' | 'revision'>): string {
  return revision === null ? path : `${path}@${revision}`;
}

function readPath(value: unknown): Pick<ModelReference, 'path' | 'revision'> | null {
  if (typeof value === 'string') {
    const [path = '', revision = null, ...more] = value.split('@');
    return path === '' || more.length > 0 ? null : { path, revision };
  }
  const [path, revision] = [field(value, 'path'), field(value, 'revision')];
  if (typeof path !== 'string' || (revision !== undefined && typeof revision !== 'string')) return null;
  return { path, revision: revision ?? null };
}

/** `null` is as good as absent, as in mergekit. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}
