import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';

/** How far weights were compared with those of earlier visits, as a reader is told. */
export function comparedText(
  whole: number,
  { tensors, spots }: Pick<OpenedCheckpoint, 'tensors' | 'spots'>,
): string {
  const places = `at ${spots.toLocaleString('en')} ${spots === 1 ? 'spot' : 'spots'}`;
  if (whole >= tensors) return 'compared whole';
  return whole === 0
    ? `compared ${places}`
    : `${whole} of ${tensors} tensors compared whole, the others ${places}`;
}
