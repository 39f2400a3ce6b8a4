/** Failures of a storage, one at a time and of every kind, for every n: as SQLite tests what it keeps. */

/** What happens at the n-th call: an error of the disk, or the end of the process, after which nothing happens any more. */
export interface Fault {
  readonly at: number;
  readonly kind: 'ENOSPC' | 'EIO' | 'kill';
}

/** Counts the calls that change something, and lets one of them fail. */
export class Faults {
  calls = 0;
  dead = false;
  /** What the failing call was. */
  met: string | null = null;
  readonly #fault: Fault | null;

  constructor(fault: Fault | null = null) {
    this.#fault = fault;
  }

  /**
   * To be asked before each call; `half` does a part of it, as a cut-off write has.
   *
   * @throws what the fault says
   */
  pass(call: string, refuse: (kind: 'ENOSPC' | 'EIO') => Error, half?: () => void): void {
    if (this.dead) throw new Error('the process is gone');
    this.calls += 1;
    const { at, kind } = this.#fault ?? { at: 0, kind: 'EIO' };
    if (this.calls !== at) return;
    this.met = call;
    half?.();
    if (kind !== 'kill') throw refuse(kind);
    this.dead = true;
    throw new Error('killed');
  }
}
