import { unknownDtype } from './dtype.ts';
import type { UnreadTensor } from './header.ts';
import { listing } from './listing.ts';
import { isModelWeight } from './model-weights.ts';
import { canonicalName } from './tensor-name.ts';
import type { Notice } from './weight-files.ts';

/** Of tensors that lie there and cannot be read. @throws NamedError `UnknownDtype` for one that the model needs */
export function unreadNotices(unread: readonly UnreadTensor[]): Notice[] {
  const needed = unread.find(({ storedName }) => isModelWeight(canonicalName(storedName)));
  if (needed) throw unknownDtype(needed.dtype, { file: needed.file, tensor: needed.storedName });
  const [first] = unread;
  if (first === undefined) return [];
  const shown = listing(unread.map(({ storedName, dtype }) => `${storedName} (${dtype})`));
  return [
    { file: first.file, text: `tensors of a dtype that is not read, and no part of the model: ${shown}` },
  ];
}
