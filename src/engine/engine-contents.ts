/** What the engine holds for the page, remembered so that a new worker can be given the same. */
import { proxy } from 'comlink';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import type { EngineThread } from './engine-thread.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { CaptureKvRequest } from './protocol/forward.ts';
import type { LoadOptions } from './protocol/loading.ts';
import type { ModelId } from './subject.ts';

interface OpenedFolder {
  readonly files: CheckpointFiles;
  readonly summary: OpenedCheckpoint;
}

export class EngineContents {
  readonly opened = new Map<ModelId, OpenedFolder>();
  readonly loaded = new Map<ModelId, { readonly options: LoadOptions; readonly adapter: string }>();
  /** What was captured, by handle. */
  readonly captured = new Map<string, CaptureKvRequest>();

  /**
   * Opens, loads and captures again, in a new worker.
   *
   * @throws NamedError `FileChanged`, `OtherAdapter`, and those of the engine
   */
  async restore(thread: EngineThread): Promise<void> {
    const { host } = thread;
    for (const [id, { files, summary }] of this.opened) {
      // Results go on under the name that the folder had.
      const now = await host.open(id, summary.name, files);
      if (contentsOf(now) !== contentsOf(summary)) throw otherContents(summary.name);
    }
    for (const [id, { options, adapter }] of this.loaded) {
      await thread.watch(options.device);
      const now = await host.adapter(options.device);
      // Work under way would go on with numbers of another kind, under the name of these.
      if (now !== adapter) throw otherAdapter(adapter, now);
      await host.load(
        `rebuild ${id}`,
        id,
        options,
        proxy(() => undefined),
      );
    }
    for (const [handle, request] of this.captured) {
      const { layers, rest } = request.subject;
      // Captured by a model that has been unloaded since: it cannot be made again, and need not hold up the rest.
      if ([rest, ...layers].every((id) => this.loaded.has(id))) await host.captureImageKv(request, handle);
      else this.captured.delete(handle);
    }
  }
}

/** What of a folder decides answers. */
function contentsOf({ fingerprint, smallFiles }: OpenedCheckpoint): string {
  return JSON.stringify([fingerprint, smallFiles]);
}

function otherContents(file: string): NamedError {
  return new NamedError(
    'FileChanged',
    'the folder holds other files than when it was opened',
    { file },
    'close it and open it again: what was asked of it is not mixed with what it holds now',
  );
}

function otherAdapter(before: string, now: string): NamedError {
  return new NamedError(
    'OtherAdapter',
    `the models were loaded on ${before}, and the browser now gives ${now}`,
    {},
    'close the checkpoints and open them again: results of two GPUs are not mixed',
  );
}
