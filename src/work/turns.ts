/** How long messages may wait: a tenth of what people notice, and a pause costs some microseconds. */
const TURN_MS = 10;

/**
 * Lets the thread hear its messages between pieces of work. The CPU build computes on the thread that calls it
 * and resolves at once, so that a long answer would otherwise be one turn of the event loop, in which no cancel
 * is heard.
 */
export class Yielder {
  #since = performance.now();

  /** Ends the turn if it has lasted; resolves in the next one. */
  async pause(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    await yieldToEvents();
    this.#since = performance.now();
  }
}

/** Lets waiting events in: a cancellation, a message. Timers are held back for milliseconds once they nest; messages are not. */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
