import { NamedError } from '../named-error.ts';
import { cancelled } from '../work/cancel.ts';

/** Work under way, by the name under which it can be cancelled. */
export class Jobs {
  readonly #running = new Map<string, AbortController>();

  /** Runs `work` with a signal that `cancel(name)` aborts. @throws NamedError `JobRunning` for a name in use. */
  async run<T>(name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running.has(name)) {
      throw new NamedError('JobRunning', `a job named ${name} is already running`, {}, 'cancel it first');
    }
    const controller = new AbortController();
    this.#running.set(name, controller);
    try {
      return await work(controller.signal);
    } finally {
      this.#running.delete(name);
    }
  }

  cancel(name: string): void {
    this.#running.get(name)?.abort(cancelled());
  }
}

/** The name under which the opening of a checkpoint can be cancelled. */
export function openJob(id: string): string {
  return `open ${id}`;
}
