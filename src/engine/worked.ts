import type { PlainCost } from './plain-cost.ts';
import type { EngineWork } from './work-account.ts';

/** What one engine worker has computed since it began. */
export interface WorkOfEngine extends EngineWork {
  /** Which: the same object whenever it is asked. */
  readonly engine: { plainCost(): Promise<PlainCost | null> };
  /** That it computes with; null on a GPU. */
  readonly threads: number | null;
}
