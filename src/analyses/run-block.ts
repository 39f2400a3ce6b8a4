/** `run` of a result file's `frankenscope` block: how the run went that made it. Nothing of it decides a result, and no comparison reads it. */
import { jsonText, type ResultFile } from './result-file.ts';

/** What is known of a run; what is not is left out. */
export interface RunFigures {
  /** Of computing, beyond loading. */
  readonly seconds: number;
  /** Seconds that its cells and steps take at the least (docs/cost.md), and `seconds` over them. */
  readonly floor?: number;
  readonly ratio?: number;
  /** Records that it computed, and that an earlier run had left. */
  readonly computed: number;
  readonly kept: number;
  readonly device: 'webgpu' | 'wasm' | 'cpu';
  /** Engine workers that answered. */
  readonly lanes?: number;
  /** Of each of them; of work on weights, of all. */
  readonly threads?: number;
}

/** Where the block stands: the reference's own files have theirs under `metadata`. */
interface Blocked {
  frankenscope?: unknown;
  metadata?: { frankenscope?: unknown };
}

/**
 * A result file that says how the run went: one with a `frankenscope` block, at the top of the result's folder. Others, and all where nothing is
 * known, stay as they are.
 */
export function withRun(file: ResultFile, run: RunFigures | null): ResultFile {
  if (run === null || !carriesRun(file.path)) return file;
  const value = JSON.parse(file.text) as Blocked;
  const block = [value, value.metadata].map((owner) => owner?.frankenscope).find(isObject);
  if (!block) return file;
  Object.assign(block, { run });
  return { ...file, text: jsonText(value) };
}

/** Whether a file of this path could. */
export function carriesRun(path: string): boolean {
  return path.endsWith('.json') && !path.includes('/');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
