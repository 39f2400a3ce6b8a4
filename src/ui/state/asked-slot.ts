import type { AskedModel } from '../../analyses/asked-model.ts';
import type { LoadedSlot } from './slot.svelte.ts';

/** What a slot holds, as analyses are given it: called by the slot's name. */
export function asked({ identity, checkpoint, model }: LoadedSlot): AskedModel {
  return { name: identity.label, checkpoint, model };
}
