/** The public face of the engine: what a package of its own shows of `src/`. */
import { EngineClient } from '../../src/engine/client.ts';
import type { EngineApi } from '../../src/engine/protocol.ts';

/**
 * Starts an engine in a worker of its own, which lives as long as the page. A worker or GPU that dies is replaced, and calls under
 * way are made again (`onStatus` tells). Every method of an engine rejects with a `NamedError`.
 */
export function startEngine(): EngineApi {
  return new EngineClient(
    () => new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module', name: 'engine' }),
  );
}

export { wholeModel } from '../../src/engine/subject.ts';
export { NamedError } from '../../src/named-error.ts';
export type { ByteSource, CheckpointFiles } from '../../src/checkpoint/byte-source.ts';
export type { ModelId, Subject } from '../../src/engine/subject.ts';
export type { ErrorPlace } from '../../src/named-error.ts';
export type { ChatMessage, ChatPart } from '../../src/vlm/chat.ts';
export type { ImageProcessing } from '../../src/vlm/image-processing.ts';
export type * from '../../src/engine/protocol.ts';
