/** Engines beside the first, in which the same checkpoints are open under the same ids. */
import { SerialQueue } from '../work/queue.ts';
import type { SharedModel } from './engine-contents.ts';
import type { ModelId } from './subject.ts';

/** What is asked of one besides answers: `EngineClient`. */
interface LaneEngine {
  readonly holdsAny: boolean;
  hold(models: readonly SharedModel[]): Promise<void>;
  close(id: ModelId): Promise<void>;
  end(): Promise<void>;
}

interface Lane<Engine> {
  readonly engine: Engine;
  /** Loads, and what is given back, in the order in which they were asked for. */
  readonly queue: SerialQueue;
  /** Of these, loads that have not ended. */
  loads: number;
}

export class Lanes<Engine extends LaneEngine> {
  readonly #make: () => Engine;
  #lanes: readonly Lane<Engine>[] = [];

  constructor(make: () => Engine) {
    this.#make = make;
  }

  /** Those that have what they were asked to hold. */
  get ready(): readonly Engine[] {
    return this.#lanes
      .filter(({ engine, loads }) => loads === 0 && engine.holdsAny)
      .map(({ engine }) => engine);
  }

  /** So many of them, each once it has these checkpoints. Those there are come first. */
  take(count: number, models: readonly SharedModel[]): readonly Promise<Engine>[] {
    const more = Array.from({ length: Math.max(0, count - this.#lanes.length) }, (): Lane<Engine> => {
      return { engine: this.#make(), queue: new SerialQueue(), loads: 0 };
    });
    this.#lanes = [...this.#lanes, ...more];
    return this.#lanes.slice(0, count).map((lane) => {
      lane.loads += 1;
      const ready = lane.queue.add(async () => {
        try {
          await lane.engine.hold(models);
          return lane.engine;
        } finally {
          lane.loads -= 1;
        }
      });
      // Whoever asked for it may have come to an end before.
      ready.catch(() => undefined);
      return ready;
    });
  }

  /** Ends all of them, whatever they do. */
  async end(): Promise<void> {
    const lanes = this.#lanes;
    this.#lanes = [];
    await Promise.all(lanes.map(({ engine }) => engine.end()));
  }

  /** Gives a checkpoint back in all of them; one that holds none any more ends, and its memory with it. */
  async drop(id: ModelId): Promise<void> {
    await Promise.all(
      this.#lanes.map((lane) =>
        lane.queue.add(async () => {
          const { engine } = lane;
          await engine.close(id);
          if (engine.holdsAny || lane.loads > 0) return;
          this.#lanes = this.#lanes.filter((one) => one !== lane);
          await engine.end();
        }),
      ),
    );
  }
}
