/** Failures of storage on purpose, one at a counted operation, as SQLite's tests have them. */

/** `kill`: the process ends within the operation; `power cut`: and what was never flushed is gone. */
export const FAULTS = ['ENOSPC', 'EIO', 'kill', 'power cut'] as const;
export type Fault = (typeof FAULTS)[number];

export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Counts operations and lets the `at`-th fail; no later one works after a kill. */
export class Faults {
  /** What was done so far: "write", "flush" … */
  readonly operations: string[] = [];
  readonly #at: number;
  readonly #fault: Fault;
  #dead = false;

  /** @param at from 1; 0: none fails */
  constructor(at = 0, fault: Fault = 'kill') {
    this.#at = at;
    this.#fault = fault;
  }

  get dead(): boolean {
    return this.#dead;
  }

  get cutsPower(): boolean {
    return this.#dead && this.#fault === 'power cut';
  }

  /**
   * Does an operation, or fails in it.
   *
   * @param apply does this share of it, from 0 to 1
   * @param failed makes the storage's own error
   */
  run<T>(name: string, apply: (share: number) => T, failed: (code: 'ENOSPC' | 'EIO') => Error): T {
    if (this.#dead) throw new Killed('the process is gone');
    this.operations.push(name);
    if (this.operations.length !== this.#at) return apply(1);
    const takesRoom = ['write', 'create', 'make folder', 'rename'].includes(name);
    // A part of a write stands; anything else is done or not, both in turn.
    const share = name === 'write' ? ((this.#at * 7) % 10) / 10 : this.#at % 2;
    if (this.#fault === 'ENOSPC' && takesRoom) {
      if (name === 'write') apply(share);
      throw failed('ENOSPC');
    }
    if (this.#fault === 'ENOSPC' || this.#fault === 'EIO') {
      if (name === 'write') apply(share);
      throw failed('EIO');
    }
    this.#dead = true;
    if (share > 0) apply(share);
    throw new Killed('the process is gone');
  }
}
