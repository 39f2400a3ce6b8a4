/** Lets a merged folder cross to a worker: as its plan and the donors' files, never as its bytes. */
import type { TransferHandler } from 'comlink';
import { transferHandlers } from 'comlink';
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { receivedFolder } from '../checkpoint/served-file.ts';
import type { FolderOptions } from './folder/merged-folder.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import type { MergePlan } from './plan/plan.ts';

type WireFolder =
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, ByteSource> }
  | {
      readonly kind: 'merged';
      readonly plan: MergePlan;
      readonly folders: readonly (readonly [string, WireFolder])[];
      readonly options: FolderOptions;
    };

/** A merge may be a donor of another. */
function toWire(folder: CheckpointFiles): WireFolder {
  if (!(folder instanceof MergedFolder)) return { kind: 'files', files: folder };
  const { plan, options } = folder;
  const folders = [...folder.folders].map(([name, files]) => [name, toWire(files)] as const);
  return { kind: 'merged', plan, folders, options };
}

function fromWire(wire: WireFolder): CheckpointFiles {
  if (wire.kind === 'files') return receivedFolder(wire.files);
  const folders = new Map(wire.folders.map(([name, files]) => [name, fromWire(files)]));
  return new MergedFolder(wire.plan, folders, wire.options);
}

const handler: TransferHandler<MergedFolder, WireFolder> = {
  canHandle: (value): value is MergedFolder => value instanceof MergedFolder,
  serialize: (folder) => [toWire(folder), []],
  deserialize: (wire) => fromWire(wire) as MergedFolder,
};

/** To be called on both sides, any number of times. */
export function installMergeTransfer(): void {
  transferHandlers.set('merged-folder', handler);
}
