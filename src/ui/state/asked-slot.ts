import type { AskedModel } from '../../analyses/asked-model.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { Computing } from '../../study/run-meter.ts';
import type { LoadedSlot } from './slot.svelte.ts';

/** What a slot holds, as analyses are given it: called by the slot's name. */
export function asked({ identity, checkpoint, model }: LoadedSlot): AskedModel {
  return { name: identity.label, checkpoint, model };
}

/** What computes what is asked of loaded models, which share a device. */
export function computing(engine: EngineApi, [first]: readonly LoadedSlot[]): Computing | null {
  return first ? { engine, device: first.model.device } : null;
}
