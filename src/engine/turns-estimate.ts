/** What it takes to load a model into a stated memory, beside others or in turns with them. */
import type { MemoryEstimate, TurnsCost } from './protocol/loading.ts';
import { roundedUp } from './working.ts';

/**
 * @param alone the estimate as if nothing were held, and without a memory of the user's
 * @param heldBytes of everything on the device
 * @param weights on it
 */
export function inTurns(
  alone: MemoryEstimate,
  heldBytes: number,
  memory: number,
  { bytesPerSecond }: { readonly bytesPerSecond: number | null },
): MemoryEstimate {
  const budgetBytes = Math.min(memory, alone.budgetBytes);
  const refusals = [...alone.refusals];
  const { totalBytes, weightBytes } = alone;
  if (totalBytes > budgetBytes && refusals.length === 0) {
    refusals.push(
      `${roundedUp(totalBytes)} are needed by this model alone, ${roundedUp(budgetBytes)} of memory are stated: state ${roundedUp(totalBytes)} or more, or choose q8 or q4`,
    );
  }
  const over = totalBytes + heldBytes - budgetBytes;
  const fits = refusals.length === 0;
  return {
    ...alone,
    ...{ budgetBytes, alreadyHeldBytes: heldBytes, fits, refusals },
    ...(fits && over > 0 ? { turns: costOf(Math.min(over, weightBytes), bytesPerSecond) } : {}),
  };
}

export function costOf(bytesReadAgain: number, bytesPerSecond: number | null): TurnsCost {
  return { bytesReadAgain, seconds: bytesPerSecond === null ? null : bytesReadAgain / bytesPerSecond };
}
