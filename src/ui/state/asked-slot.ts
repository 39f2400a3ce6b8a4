import type { AskedModel } from '../../analyses/asked-model.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import { turnsOf } from '../../evaluation/answers/answer-all.ts';
import type { Ask } from '../../evaluation/answers/ask.ts';
import type { Computing } from '../../study/run-meter.ts';
import type { LoadedSlot } from './slot.svelte.ts';

/** What a slot holds, as analyses are given it: called by the slot's name. */
export function asked({ identity, checkpoint, model }: LoadedSlot): AskedModel {
  return { name: identity.label, checkpoint, model };
}

/** An engine that answers what is asked of loaded models, which share a device. @param loaded as it is when that is asked */
export function answering(engine: EngineApi, loaded: () => readonly LoadedSlot[]) {
  return {
    computing(): Computing | null {
      const [first] = loaded();
      return first ? { engine, device: first.model.device } : null;
    },
    turns: (asks: readonly Ask[]) => turnsOf(engine, asks),
  };
}
