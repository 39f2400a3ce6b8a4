/** What browsers, Node and GPUs say of a failure, as a person says it. */
import type { ErrorName } from './error-name.ts';
import { NamedError } from './named-error.ts';

export interface PlainReason {
  /** A stable name, as of a NamedError. */
  readonly name: ErrorName;
  readonly what: string;
  readonly remedy: string;
}

interface Rule {
  /** Of the error's name and message together. */
  readonly says: RegExp;
  readonly reason: PlainReason;
}

const reason = (name: ErrorName, what: string, remedy: string): PlainReason => ({ name, what, remedy });

/** The first that fits counts. */
const RULES: readonly Rule[] = [
  {
    says: /^QuotaExceededError|ENOSPC|EDQUOT|quota|no space|disk (?:is )?full|FILE_ERROR_NO_SPACE/i,
    reason: reason('StorageFull', 'the storage is full', 'make room, or delete kept results'),
  },
  {
    says: /allocation failed|invalid (?:typed )?array (?:buffer )?length|bad_alloc|out of memory|could not allocate|ENOMEM|GPUOutOfMemoryError|Invalid string length/i,
    reason: reason(
      'OutOfMemory',
      'there was not enough memory',
      'close other tabs, or choose a smaller model or dtype',
    ),
  },
  {
    says: /device.{0,20}lost|GPU.{0,30}lost|external Instance reference|GPUDeviceLost/i,
    reason: reason('DeviceLost', 'the GPU went away', 'run it again, which goes on where it stopped'),
  },
  {
    says: /^(?:GPU\w*Error|OperationError)/,
    reason: reason(
      'GpuRejected',
      'the GPU or its driver refused a step',
      'choose the CPU, or reload the page',
    ),
  },
  {
    says: /^NotFoundError|ENOENT/,
    reason: reason('FileUnreadable', 'the file is not there any more', 'choose the folder again'),
  },
  {
    says: /EISDIR|ENOTDIR|^TypeMismatchError/,
    reason: reason(
      'FileUnreadable',
      'a folder stands where a file should, or a file where a folder should',
      'move it away',
    ),
  },
  {
    says: /^NotReadableError|EIO|EACCES|EPERM/,
    reason: reason(
      'FileUnreadable',
      'the file could not be read or written: it was moved, changed, or is not allowed',
      'choose the folder again',
    ),
  },
  {
    says: /^NoModificationAllowedError/,
    reason: reason('Busy', 'another tab is writing there', 'close the other tab, then try again'),
  },
  {
    says: /^(?:NotAllowedError|SecurityError)/,
    reason: reason('NotAllowed', 'the browser does not allow it', 'allow it for this site, then try again'),
  },
  {
    says: /^NetworkError|Failed to fetch|Load failed|NetworkError when|dynamically imported module|fetch failed/i,
    reason: reason(
      'Unreachable',
      'a part of the app or a server could not be reached',
      'look at the connection, then reload',
    ),
  },
  {
    says: /^DataCloneError|could not be cloned|Maximum call stack|InvalidStateError|is not a function|of undefined|of null/i,
    reason: reason(
      'Unexpected',
      'the app made a mistake',
      'reload the page and try again; if it returns, report it with what the browser’s console says',
    ),
  },
];

/** A NamedError's own words; else what is known of such a failure; undefined where nothing is. */
export function knownReason(error: unknown): PlainReason | undefined {
  if (error instanceof NamedError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return RULES.find(({ says }) => says.test(text))?.reason;
}

/** Why something failed, in a sentence's part: "the storage is full". What nothing is known of is not quoted. */
export function plainReason(error: unknown): string {
  return knownReason(error)?.what ?? 'it failed for a reason that the browser does not name';
}
