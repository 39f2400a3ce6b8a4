/** How a run goes: its seconds, and of one that asks models the least that what it computed takes on this device. */
import type { RunFigures } from '../analyses/run-block.ts';
import type { Device } from '../engine/protocol/device.ts';
import type { WorkOfEngine } from '../engine/worked.ts';
import type { LongWork } from '../work/long-work.ts';

/** An engine that may count what it computes (`EngineClient`). */
interface Counting {
  worked?(device: Device): Promise<readonly WorkOfEngine[]>;
}

/** What computes. */
export type Computing =
  | {
      readonly engine: Counting;
      /** That all models are on. */
      readonly device: Device;
      /** Whether the floor is left out, since what it takes, plain answers, would be much beside the run. Left out: false. */
      readonly withoutFloor?: boolean;
    }
  /** Of work on weights. */
  | { readonly device: 'cpu' | 'webgpu'; readonly threads: number };

export class RunMeter {
  readonly #computing: Computing;
  #run: Omit<RunFigures, 'kept'> | null = null;

  constructor(computing: Computing) {
    this.#computing = computing;
  }

  /** The same work, measured; of work that is begun again, the last time. What fails or is cancelled leaves no figures. */
  measuring<Record, Long extends LongWork<Record>, Result>(
    work: (long: Long) => Promise<Result>,
  ): (long: Long) => Promise<Result> {
    return async (long) => {
      this.#run = null;
      let computed = 0;
      const before = await this.#worked();
      const begun = performance.now();
      const result = await work({
        ...long,
        onRecord: (key: string, record: Record) => {
          computed += 1;
          return long.onRecord?.(key, record);
        },
      });
      const seconds = (performance.now() - begun) / 1000;
      const { floor, ...who } = computed > 0 ? await this.#least(before) : {};
      const least = floor === undefined ? {} : { floor, ratio: seconds / floor };
      this.#run = { seconds, ...least, computed, device: this.#computing.device, ...who };
      return result;
    };
  }

  /** Of a result of so many records; null where nothing was run, or another result is shown by now. */
  figures(records: number): RunFigures | null {
    if (!this.#run || this.#run.computed > records) return null;
    const { computed, device, ...others } = this.#run;
    return { ...others, computed, kept: records - computed, device };
  }

  async #least(before: readonly WorkOfEngine[]): Promise<Least> {
    const { threads } = { threads: undefined, ...this.#computing };
    if (threads !== undefined) return { threads };
    const { withoutFloor = false } = { withoutFloor: undefined, ...this.#computing };
    return leastOf(before, await this.#worked(), withoutFloor);
  }

  /** Nothing where none is counted, or the engine is gone. */
  async #worked(): Promise<readonly WorkOfEngine[]> {
    if (!('engine' in this.#computing)) return [];
    const { engine, device } = this.#computing;
    return (await engine.worked?.(device).catch(() => [])) ?? [];
  }
}

/** One run of several parts, which are written together; null where one is not known. */
export function together(parts: readonly (RunFigures | null)[]): RunFigures | null {
  return parts.reduce((one, other) => {
    if (!one || !other) return null;
    const sum = (part: 'seconds' | 'computed' | 'kept'): number => one[part] + other[part];
    return { ...one, seconds: sum('seconds'), computed: sum('computed'), kept: sum('kept') };
  });
}

type Least = Pick<RunFigures, 'floor' | 'lanes' | 'threads'>;

/**
 * Cells and steps of each engine at what a plain answer takes in it, spread over all that answered. Without a floor where one of them could not be
 * measured.
 */
async function leastOf(
  before: readonly WorkOfEngine[],
  after: readonly WorkOfEngine[],
  withoutFloor: boolean,
): Promise<Least> {
  const worked = after.flatMap(({ engine, threads, ...now }) => {
    const then = before.find((one) => one.engine === engine);
    // One that was replaced counts anew.
    const since = (part: 'cells' | 'steps'): number =>
      then && then.cells <= now.cells ? now[part] - then[part] : now[part];
    const [cells, steps] = [since('cells'), since('steps')];
    return cells > 0 ? [{ engine, threads, cells, steps }] : [];
  });
  const [first] = worked;
  if (!first) return {};
  const threads = first.threads === null ? {} : { threads: first.threads };
  if (withoutFloor) return { lanes: worked.length, ...threads };
  // All at once, as they computed.
  const costs = await Promise.all(worked.map(({ engine }) => engine.plainCost().catch(() => null)));
  const seconds = worked.map(({ cells, steps }, at) => {
    const cost = costs[at];
    return cost ? cells * cost.cell + steps * cost.step : null;
  });
  const lanes = worked.length;
  if (seconds.includes(null)) return { lanes, ...threads };
  const sum = seconds.reduce<number>((total, one) => total + (one ?? 0), 0);
  return { floor: sum / lanes, lanes, ...threads };
}
