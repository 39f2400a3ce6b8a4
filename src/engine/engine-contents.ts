/** What the engine holds for the page, remembered so that a new worker can be given the same. */
import { proxy } from 'comlink';
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import { NamedError } from '../named-error.ts';
import type { EngineThread } from './engine-thread.ts';
import { type HandedModel, transferred } from './handed-model.ts';
import type { OpenedCheckpoint } from './protocol/checkpoint.ts';
import type { CaptureKvRequest } from './protocol/forward.ts';
import type { LoadedModel, LoadOptions } from './protocol/loading.ts';
import type { ModelId } from './subject.ts';
import { modelsOf } from './subject.ts';

interface OpenedFolder {
  readonly files: CheckpointFiles;
  readonly summary: OpenedCheckpoint;
}

type LoadedAs = Pick<LoadedModel, 'adapter' | 'weightBytes'> & { readonly options: LoadOptions };

/** A checkpoint that an engine has loaded: what another needs to have the same. */
export interface HeldModel {
  readonly id: ModelId;
  readonly folder: OpenedFolder;
  readonly loaded: LoadedAs;
}

/** The same, and how to ask that engine for its weights: null where it cannot hand them over. */
export interface SharedModel extends HeldModel {
  handOver(): Promise<HandedModel | null>;
}

export class EngineContents {
  readonly opened = new Map<ModelId, OpenedFolder>();
  readonly loaded = new Map<ModelId, LoadedAs>();
  /** What was captured, by handle. */
  readonly captured = new Map<string, CaptureKvRequest>();

  /** These, where all of them are loaded; else null. */
  held(ids: readonly ModelId[]): readonly HeldModel[] | null {
    const found = ids.flatMap((id) => {
      const [folder, loaded] = [this.opened.get(id), this.loaded.get(id)];
      return folder && loaded ? [{ id, folder, loaded }] : [];
    });
    return found.length === ids.length ? found : null;
  }

  /**
   * Opens, loads and captures again, in a new worker.
   *
   * @throws NamedError `FileChanged`, `OtherAdapter`, and those of the engine
   */
  async restore(thread: EngineThread): Promise<void> {
    for (const [id, folder] of this.opened) await openAgain(thread, id, folder);
    for (const [id, loaded] of this.loaded) await loadAgain(thread, id, loaded);
    for (const [handle, request] of this.captured) {
      // Captured by a model that has been unloaded since: it cannot be made again, and need not hold up the rest.
      if (modelsOf([request.subject]).every((id) => this.loaded.has(id)))
        await thread.host.captureImageKv(request, handle);
      else this.captured.delete(handle);
    }
  }
}

/** Opens a folder as it was opened before. @throws NamedError `FileChanged`, those of opening */
export async function openAgain(thread: EngineThread, id: ModelId, folder: OpenedFolder): Promise<void> {
  const { files, summary } = folder;
  // Results go on under the name that the folder had.
  const now = await thread.host.open(id, summary.name, files);
  if (contentsOf(now) !== contentsOf(summary)) throw otherContents(summary.name);
}

/** Loads it as it was loaded before. @throws NamedError `OtherAdapter`, those of loading */
export async function loadAgain(thread: EngineThread, id: ModelId, loaded: LoadedAs): Promise<void> {
  const { options } = loaded;
  await thread.watch(options.device);
  await checkAdapter(thread, loaded);
  await thread.host.load(
    `rebuild ${id}`,
    id,
    options,
    proxy(() => undefined),
  );
}

/**
 * Has what another engine has loaded: its weights from that engine, where it hands them over, else from the files.
 *
 * @throws NamedError those of `openAgain` and `loadAgain`
 */
export async function takeOver(
  thread: EngineThread,
  { id, folder, handOver }: SharedModel,
  loaded: LoadedAs,
): Promise<void> {
  // What goes wrong with the device is said when a model is loaded on it.
  thread.watch(loaded.options.device).catch(() => undefined);
  // An engine that is gone hands nothing over.
  const handed = await handOver().catch(() => null);
  if (!handed) {
    await openAgain(thread, id, folder);
    return loadAgain(thread, id, loaded);
  }
  await thread.watch(loaded.options.device);
  await checkAdapter(thread, loaded);
  const { files, summary } = folder;
  const now = await thread.host.takeOver(id, summary.name, files, transferred(handed), loaded.options);
  if (contentsOf(now) !== contentsOf(summary)) throw otherContents(summary.name);
}

async function checkAdapter(thread: EngineThread, { options, adapter }: LoadedAs): Promise<void> {
  const now = await thread.host.adapter(options.device);
  // Work under way would go on with numbers of another kind, under the name of these.
  if (now !== adapter) throw otherAdapter(adapter, now);
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
