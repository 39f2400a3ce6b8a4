/** SHA-256 of large files, in a thread of its own. */
import { expose, proxy, wrap } from 'comlink';
import { cancelled, throwIfCancelled } from '../../work/cancel.ts';
import { Sha256Stream } from '../../work/sha256-stream.ts';
import type { DigestFile } from './keep.ts';

const PART_BYTES = 8 * 2 ** 20;

/** In the calling thread. */
export const digestHere: DigestFile = async (file, onBytes) => {
  const stream = new Sha256Stream();
  for (let at = 0; at < file.size; at += PART_BYTES) {
    const part = await file.slice(at, at + PART_BYTES).arrayBuffer();
    stream.add(new Uint8Array(part));
    onBytes(part.byteLength);
  }
  return stream.hex();
};

/** Answers from inside a worker. */
export function serveDigest(): void {
  expose({ digest: digestHere });
}

/** In a worker that ends with the work. @throws NamedError `Cancelled` at once */
export const digestInWorker: DigestFile = async (file, onBytes, signal) => {
  throwIfCancelled(signal);
  const worker = new Worker(new URL('../../../workers/digest.ts', import.meta.url), {
    type: 'module',
    name: 'digest',
  });
  const ended = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(cancelled()), { once: true });
    worker.onerror = ({ message }) =>
      reject(new Error(message || 'the worker that checks files did not start'));
  });
  try {
    return await Promise.race([wrap<{ digest: DigestFile }>(worker).digest(file, proxy(onBytes)), ended]);
  } finally {
    worker.terminate();
  }
};
