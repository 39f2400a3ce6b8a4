/** Bytes of which some are taken out at a place and others put there, as `Array.splice` does. */
export function spliced(
  bytes: Uint8Array<ArrayBuffer>,
  from: number,
  removed: number,
  inserted: ArrayLike<number> = [],
): Uint8Array<ArrayBuffer> {
  const tail = bytes.subarray(Math.min(bytes.length, from + removed));
  const result = new Uint8Array(from + inserted.length + tail.length);
  result.set(bytes.subarray(0, from));
  result.set(inserted, from);
  result.set(tail, from + inserted.length);
  return result;
}
