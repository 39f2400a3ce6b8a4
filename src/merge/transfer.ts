/** Lets folders whose weights are computed cross to a worker: as what they are computed from, never as their bytes. */
import type { TransferHandler } from 'comlink';
import { transferHandlers } from 'comlink';
import type { ByteSource, CheckpointFiles } from '../checkpoint/byte-source.ts';
import { DecodedFolder } from '../checkpoint/formats/decoded-folder.ts';
import { AdapterFiles } from '../checkpoint/formats/peft/adapter-files.ts';
import type { OpenedFormat } from '../checkpoint/formats/stored-format.ts';
import { receivedFolder } from '../checkpoint/served-file.ts';
import type { FolderOptions } from './folder/merged-folder.ts';
import { MergedFolder } from './folder/merged-folder.ts';
import type { MergePlan } from './plan/plan.ts';
import { type Quantized, QuantizedFolder } from './quantize/quantized-folder.ts';

/** A format whose weight files are found again in the folder, by name. */
type WireFormat = Omit<OpenedFormat, 'weightFiles'> & {
  readonly weightFiles: readonly Omit<OpenedFormat['weightFiles'][number], 'source'>[];
};

type WireFolder =
  | { readonly kind: 'files'; readonly files: ReadonlyMap<string, ByteSource> }
  | { readonly kind: 'decoded'; readonly format: WireFormat; readonly origin: WireFolder }
  | { readonly kind: 'adapter'; readonly base: WireFolder; readonly adapter: CheckpointFiles }
  | {
      readonly kind: 'merged';
      readonly plan: MergePlan;
      readonly folders: readonly (readonly [string, WireFolder])[];
      readonly options: FolderOptions;
    }
  | { readonly kind: 'quantized'; readonly merged: WireFolder; readonly quantized: Quantized };

/** A merge may be a donor of another, and a quantized folder one of a merge. */
function toWire(folder: CheckpointFiles): WireFolder {
  if (folder instanceof DecodedFolder) {
    const weightFiles = folder.format.weightFiles.map(({ file, header }) => ({ file, header }));
    return { kind: 'decoded', format: { ...folder.format, weightFiles }, origin: toWire(folder.origin) };
  }
  if (folder instanceof QuantizedFolder)
    return { kind: 'quantized', merged: toWire(folder.merged), quantized: folder.quantized };
  if (folder instanceof AdapterFiles)
    return { kind: 'adapter', base: toWire(folder.base), adapter: folder.adapter };
  if (!(folder instanceof MergedFolder)) return { kind: 'files', files: folder };
  const { plan, options } = folder;
  const folders = [...folder.folders].map(([name, files]) => [name, toWire(files)] as const);
  return { kind: 'merged', plan, folders, options };
}

function fromWire(wire: WireFolder): CheckpointFiles {
  if (wire.kind === 'files') return receivedFolder(wire.files);
  if (wire.kind === 'adapter') return new AdapterFiles(fromWire(wire.base), wire.adapter);
  if (wire.kind === 'decoded') return decodedFrom(wire.format, fromWire(wire.origin));
  if (wire.kind === 'quantized')
    return new QuantizedFolder(fromWire(wire.merged) as MergedFolder, wire.quantized);
  const folders = new Map(wire.folders.map(([name, files]) => [name, fromWire(files)]));
  return new MergedFolder(wire.plan, folders, wire.options);
}

function decodedFrom(format: WireFormat, origin: CheckpointFiles): DecodedFolder {
  const weightFiles = format.weightFiles.flatMap((file) => {
    const source = origin.get(file.file);
    return source ? [{ ...file, source }] : [];
  });
  return new DecodedFolder({ ...format, weightFiles }, origin);
}

type ComputedFolder = MergedFolder | QuantizedFolder | DecodedFolder;

const handler: TransferHandler<ComputedFolder, WireFolder> = {
  canHandle: (value): value is ComputedFolder =>
    value instanceof MergedFolder || value instanceof QuantizedFolder || value instanceof DecodedFolder,
  serialize: (folder) => [toWire(folder), []],
  deserialize: (wire) => fromWire(wire) as ComputedFolder,
};

/** To be called on both sides, any number of times. */
export function installFolderTransfer(): void {
  transferHandlers.set('computed-folder', handler);
}
