import { NamedError } from '../../named-error.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import type { ExportedFile, WeightsMemory } from '../export.ts';
import { exportMerge } from '../export.ts';
import type { MergedFolder } from '../folder/merged-folder.ts';
import { measureNoise } from '../measure.ts';
import type { MergePlan } from '../plan/plan.ts';
import { planQuantization } from '../quantize/quantization-plan.ts';
import { QuantizedFolder } from '../quantize/quantized-folder.ts';
import { measureRounding, type RoundingErrors } from '../quantize/rounding-errors.ts';
import type { Scheme } from '../quantize/scheme.ts';
import { DirectorySink } from '../sinks/directory-sink.ts';

/** Where a folder is to be made: a directory of the user's choice, or one of the browser's own storage. */
export interface ExportPlace {
  readonly parent: FileSystemDirectoryHandle;
  /** Of the folder in it, which is made. */
  readonly name: string;
}

export type ExportableFolder = MergedFolder | QuantizedFolder;

/** What an export came to. */
export interface ExportedFolder {
  /** In the order they were written. */
  readonly files: readonly ExportedFile[];
  readonly bytes: number;
}

type OnProgress = (progress: WorkProgress) => void;
type OnNotice = (notice: string) => void;

/** The worker's side of one piece of work on a merge: reading, arithmetic and writing away from the page. */
export class MergeHost {
  readonly #controller = new AbortController();

  /** @throws NamedError those of `exportMerge` and of `DirectorySink`; `FolderInUse` */
  export(
    folder: ExportableFolder,
    place: ExportPlace,
    onProgress: OnProgress,
    onNotice: OnNotice = () => undefined,
    weights?: WeightsMemory,
  ): Promise<ExportedFolder> {
    return alone(place.name, async () => {
      const sink = await DirectorySink.create(place.parent, place.name);
      const { signal } = this.#controller;
      const [merge, quantized] =
        folder instanceof QuantizedFolder ? [folder.merged, { quantized: folder.quantized }] : [folder, {}];
      const { plan, folders, options } = merge;
      const work = {
        ...options,
        ...quantized,
        signal,
        onProgress,
        onNotice,
        ...(weights ? { weights } : {}),
      };
      const { files, bytes } = await exportMerge(plan, folders, sink, work);
      return { files, bytes };
    });
  }

  /** @throws NamedError those of `measureNoise` */
  measure({ plan, folders }: MergedFolder, onProgress: OnProgress): Promise<MergePlan> {
    return measureNoise(plan, folders, { signal: this.#controller.signal, onProgress });
  }

  /** @throws NamedError those of `measureRounding` */
  rounding({ plan, folders }: MergedFolder, scheme: Scheme, onProgress: OnProgress): Promise<RoundingErrors> {
    const { signal } = this.#controller;
    return measureRounding(planQuantization(plan, scheme), folders, scheme, { signal, onProgress });
  }

  cancel(): void {
    this.#controller.abort();
  }
}

/** Two tabs that write into folders of one name may mean one folder: what one has not finished the other would remove. */
async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  if (!locks) return work();
  return locks.request(`frankenscope-export ${folder}`, { ifAvailable: true }, (lock) => {
    if (lock) return work();
    throw new NamedError(
      'FolderInUse',
      `another tab is writing into a folder "${folder}"`,
      { file: folder },
      'wait until it has ended, or cancel it there',
    );
  }) as Promise<T>;
}
