/** What pages ask the service worker. Each question is a message of its own with a port for the answer, so that the browser lets the worker live for it. */
import type { KeptFile } from './app-files.ts';

export type Question =
  | { readonly kind: 'files' }
  | { readonly kind: 'keep'; readonly path: string }
  | { readonly kind: 'take-over' };

export interface Answers {
  /** The build whose worker this is, and its files. */
  readonly files: { readonly build: string; readonly files: readonly KeptFile[] };
  /** Whether the file is kept now. */
  readonly keep: boolean;
  /** Whether the worker is in charge now: only where no other tab runs a build before it. */
  readonly 'take-over': boolean;
}

/** The browser ends a worker's event after five minutes. */
const LONGEST_MS = 300_000;

/** @throws a `TimeoutError` where the worker ended before it answered */
export function ask<Asked extends Question>(
  worker: Pick<ServiceWorker, 'postMessage'>,
  question: Asked,
): Promise<Answers[Asked['kind']]> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(LONGEST_MS);
    late.addEventListener('abort', () => reject(late.reason as Error));
    port1.onmessage = ({ data }: MessageEvent<Answers[Asked['kind']]>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(question, [port2]);
  });
}
