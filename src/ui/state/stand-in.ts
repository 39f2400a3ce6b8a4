/** Models that are not loaded, as what was measured of them is kept: in the place of those that were. */
import type { ShownModel } from '../../study/shown/model.ts';
import { identityAt, MOST_CHECKPOINTS } from '../theme/identity.ts';
import type { ListedWork } from './shown-part.ts';
import type { LoadedSlot } from './slot.svelte.ts';

/** Whether what stands in travels with the app, as its work says it. */
export function carriedOf({ carried }: Pick<ListedWork, 'carried'>): Pick<ListedWork, 'carried'> {
  return carried === undefined ? {} : { carried };
}

const PLACES = Array.from({ length: MOST_CHECKPOINTS }, (_, place) => identityAt(place));

/** A loaded model as it is kept with what is measured of it. */
export function shownModel({ identity, checkpoint, model }: LoadedSlot): ShownModel {
  const place = PLACES.findIndex(({ colour }) => colour === identity.colour);
  return { label: identity.label, place, checkpoint, model };
}

/** The same again, where no engine has it. */
export function standIn({ label, place, checkpoint, model }: ShownModel): LoadedSlot {
  return { identity: { ...identityAt(place), label }, checkpoint, model };
}
