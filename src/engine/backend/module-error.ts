import type { ErrorName } from '../../error-name.ts';
import { NamedError } from '../../named-error.ts';

/** Errors after which the inference module or its device cannot be trusted: the worker must be replaced. */
const FATAL =
  /memory access out of bounds|unreachable|aborted|abort\(|table index|null function|device.{0,20}lost|RuntimeError/i;

/** Names of errors that only a new worker cures. */
export const FATAL_ERROR_NAMES: ReadonlySet<ErrorName> = new Set(['ModuleAborted', 'DeviceLost']);

/** Wraps what onnxruntime throws: `ModuleAborted` when the module is dead, `OutOfMemory`, else `RunFailed`. */
export function asModuleError(error: unknown): Error {
  if (error instanceof NamedError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (/bad_alloc|out of memory|Array buffer allocation failed|invalid (typed )?array length/i.test(text)) {
    return new NamedError(
      'OutOfMemory',
      'the inference module could not get the memory it asked for',
      {},
      'choose a smaller dtype, fewer rows or a shorter prompt',
      { cause: error },
    );
  }
  const name = FATAL.test(text) ? 'ModuleAborted' : 'RunFailed';
  return new NamedError(name, text.slice(0, 400), {}, 'reload the page if this happens again', {
    cause: error,
  });
}
