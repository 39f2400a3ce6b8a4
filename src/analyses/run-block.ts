/** `run` of a result file's `frankenscope` block: how the run went that made it. Nothing of it decides a result, and no comparison reads it. */
import type { ResultPieces } from '../evaluation/results/write.ts';
import type { ResultFile } from './result-file.ts';

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
  /** What it took of a GPU, where it computed answers (`src/headless/gpu-memory.ts`). */
  readonly gpuMemory?: object;
}

/** Where the block stands: at the top, or under `metadata`, as the reference's attention file has it. */
interface Blocked {
  frankenscope?: unknown;
  metadata?: { frankenscope?: unknown };
}

/**
 * A result file that says how the run went: one at the top of the result's folder which tells where it comes from, in a `frankenscope` block or in
 * `metadata` of ours. Others, and all where nothing is known, stay as they are.
 */
export function withRun(file: ResultFile, run: RunFigures | null): ResultFile {
  if (run === null || !carriesRun(file.path)) return file;
  const value = JSON.parse(file.text) as Blocked;
  const block = [value, value.metadata].map((owner) => owner?.frankenscope).find(isObject);
  if (block) Object.assign(block, { run });
  else if (isObject(value.metadata)) value.frankenscope = { run };
  else return file;
  return { ...file, text: likewise(file.text, value) };
}

/** The same of files in pieces: those that cannot say it stay in pieces. */
export function piecesWithRun(files: ResultPieces, run: RunFigures | null): ResultPieces {
  if (run === null) return files;
  return new Map(
    [...files].map(([path, pieces]) =>
      carriesRun(path) ? [path, [withRun({ path, text: [...pieces].join('') }, run).text]] : [path, pieces],
    ),
  );
}

/** The value as JSON that is laid out as `text` is. */
function likewise(text: string, value: unknown): string {
  const indent = /^\{\n( +)/.exec(text)?.[1];
  return JSON.stringify(value, null, indent) + (text.endsWith('\n') ? '\n' : '');
}

function carriesRun(path: string): boolean {
  return path.endsWith('.json') && !path.includes('/');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
