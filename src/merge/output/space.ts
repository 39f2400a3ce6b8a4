/** Whether a disk has room, asked before gigabytes are written to it. */
import { amount, diskRefusal } from '../../../scripts/disk-messages.mjs';
import { NamedError } from '../../named-error.ts';
import type { KeptFolder } from '../sinks/sink.ts';

/**
 * Tells the folder and the reader how much is to come.
 *
 * @throws NamedError `DiskFull` where the platform says that it does not fit
 */
export async function checkSpace(
  kept: KeptFolder | undefined,
  needed: number,
  { onNotice }: { onNotice?(notice: string): void },
): Promise<void> {
  if (!kept || needed === 0) return;
  kept.expect(needed);
  const { place, free, choice } = await kept.space();
  if (free === null) return;
  if (free < needed) throw placeError('ENOSPC', { place, needed, free, choice });
  onNotice?.(`writing ${amount(needed)} into "${place}", where ${amount(free)} are free`);
}

/**
 * What a place refused, as an error; undefined for a reason that says nothing about the place.
 *
 * @param reason a code of Node or the name of a DOMException
 */
export function placeRefusal(
  reason: string,
  where: Parameters<typeof diskRefusal>[1],
  cause?: unknown,
): NamedError | undefined {
  const refusal = diskRefusal(reason, where);
  if (!refusal) return undefined;
  const place = where.file === undefined ? {} : { file: where.file };
  return new NamedError(refusal.name, refusal.what, place, refusal.remedy, { cause });
}

function placeError(reason: string, where: Parameters<typeof diskRefusal>[1]): NamedError {
  return placeRefusal(reason, where) as NamedError;
}
