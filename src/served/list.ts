import type { Place } from './address.ts';
import { listRepository } from './hub-listing.ts';
import type { ListedFolder } from './listing.ts';
import { listFolder } from './plain-listing.ts';
import type { Server } from './server.ts';

/** The checkpoints that lie at a place. @throws NamedError those of `listRepository` and `listFolder` */
export function listPlace(
  place: Place,
  server: Server,
  signal?: AbortSignal,
): Promise<readonly ListedFolder[]> {
  return place.kind === 'repository'
    ? listRepository(place, server, signal)
    : listFolder(place, server, signal);
}
