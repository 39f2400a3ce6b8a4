import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { WeightsWatch } from '../../study/weights/watch.ts';
import { t } from './texts.ts';

/** How far the weights of opened checkpoints were compared. */
export class Compared {
  #whole = $state.raw<ReadonlyMap<string, number>>(new Map());

  /** Follows what is read from here on. */
  watch(watch: WeightsWatch): void {
    watch.onCompared((fingerprint) => {
      this.#whole = new Map(this.#whole).set(fingerprint, watch.comparedWhole(fingerprint));
    });
  }

  /** "compared at 6,737 spots", until every tensor was read: "compared whole". */
  of(checkpoint: Pick<OpenedCheckpoint, 'fingerprint' | 'tensors' | 'spots'>): string {
    return t.compared(this.#whole.get(checkpoint.fingerprint) ?? 0, checkpoint);
  }
}
