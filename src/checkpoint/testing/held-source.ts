import type { ByteSource } from '../byte-source.ts';

/** A file whose bytes are there at once: a Blob's take a turn through another thread, which thousands of runs would wait for. */
export function heldSource(name: string, bytes: Uint8Array<ArrayBuffer>): ByteSource {
  return {
    ...{ name, size: bytes.length },
    slice: (start, end) => ({ arrayBuffer: () => Promise.resolve(bytes.slice(start, end).buffer) }),
  };
}
