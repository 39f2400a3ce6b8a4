/** Lets a NamedError cross between page and workers whole: Comlink by itself keeps the name and message only. */
import type { ErrorName } from '../error-name.ts';
import type { TransferHandler } from 'comlink';
import { transferHandlers } from 'comlink';
import type { ErrorPlace } from '../named-error.ts';
import { NamedError } from '../named-error.ts';

/** What Comlink hands its handler: anything that was thrown. */
interface Thrown {
  readonly value: unknown;
}

interface WireNamedError {
  readonly named: true;
  readonly name: ErrorName;
  readonly what: string;
  readonly place: ErrorPlace;
  readonly remedy: string;
  readonly stack: string | undefined;
}

/**
 * Makes Comlink rebuild a thrown NamedError with all its fields, and the stack it was thrown with. Everything
 * else is thrown as before. To be called on both sides, any number of times.
 */
export function installErrorTransfer(): void {
  const plain = transferHandlers.get(HANDLER);
  // Comlink has this handler from the start; ours carries a mark so that it is not wrapped again.
  if (!plain || plain instanceof ErrorTransfer) return;
  transferHandlers.set(HANDLER, new ErrorTransfer(plain));
}

/** Comlink's own name for what carries thrown values. */
const HANDLER = 'throw';

class ErrorTransfer implements TransferHandler<Thrown, unknown> {
  readonly #plain: TransferHandler<unknown, unknown>;

  constructor(plain: TransferHandler<unknown, unknown>) {
    this.#plain = plain;
  }

  canHandle(value: unknown): value is Thrown {
    return this.#plain.canHandle(value);
  }

  serialize(thrown: Thrown): [unknown, Transferable[]] {
    const { value } = thrown;
    if (!(value instanceof NamedError)) return this.#plain.serialize(thrown);
    const { name, what, place, remedy, stack } = value;
    const wire: WireNamedError = { named: true, name, what, place, remedy, stack };
    return [wire, []];
  }

  deserialize(wire: unknown): Thrown {
    if (!isNamed(wire)) return this.#plain.deserialize(wire) as Thrown;
    const { name, what, place, remedy, stack } = wire;
    const error = new NamedError(name, what, place, remedy);
    if (stack !== undefined) error.stack = stack;
    throw error;
  }
}

function isNamed(wire: unknown): wire is WireNamedError {
  return typeof wire === 'object' && wire !== null && 'named' in wire;
}
