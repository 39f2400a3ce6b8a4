/** The files of the built app, as the build lists them in the service worker. */
export interface AppFile {
  /** Below the page's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What is kept together: the app with its pages, a build of onnxruntime-web, the sample sets, and what few ask for. */
export type FileGroup = 'app' | 'wasm' | 'jspi' | 'asyncify' | 'samples' | 'rest';

export interface KeptFile {
  readonly path: string;
  readonly bytes: number;
  readonly group: FileGroup;
  /** Whether it is there without a network. */
  readonly kept: boolean;
}

export function groupOf(path: string): FileGroup {
  if (path.startsWith('data/')) return 'samples';
  if (/^(?:assets\/)?(?:bench|headless|licences)[-.]/.test(path)) return 'rest';
  if (!/^assets\/ort[-.]/.test(path)) return 'app';
  if (path.includes('jspi')) return 'jspi';
  return /asyncify|webgpu/.test(path) ? 'asyncify' : 'wasm';
}

/** Whether a file's name carries its hash, so that other bytes have another name. */
export function isNamedByHash({ path }: Pick<AppFile, 'path'>): boolean {
  return path.startsWith('assets/');
}

/**
 * The file that a request asks for: a folder's page and names that hosts strip of `.html` count; an address outside the scope, and
 * what the build does not list (the demo family, which is kept by its own hashes), are none.
 *
 * @param scope address of the app's folder, with its last slash
 */
export function fileAt(
  files: ReadonlyMap<string, AppFile>,
  scope: string,
  address: string,
): AppFile | undefined {
  const { origin, pathname } = new URL(address);
  if (!`${origin}${pathname}`.startsWith(scope)) return undefined;
  const path = `${origin}${pathname}`.slice(scope.length);
  return files.get(path === '' ? 'index.html' : path) ?? files.get(`${path}.html`);
}

/** The address a file is kept under: other bytes are another entry. */
export function keyOf(file: AppFile, scope: string): string {
  return `${scope}${file.path}${isNamedByHash(file) ? '' : `?sha256=${file.sha256}`}`;
}
