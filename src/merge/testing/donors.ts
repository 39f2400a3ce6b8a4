/** Donors for tests: golden checkpoints, and empty ones of real size. */
import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { TensorLayout } from '../../checkpoint/writing.ts';
import { sparseCheckpoint } from '../../checkpoint/testing/qwen-layout.ts';
import type { ReadCount } from '../../checkpoint/testing/qwen-layout.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { readFromDisk } from '../../engine/testing/goldens-from-disk.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import type { Donor } from '../plan/donor.ts';
import { openDonor } from '../plan/donor.ts';
import type { DonorName } from '../recipe/recipe.ts';
import { CONFIG_7B } from './config-7b.ts';

export interface OpenDonors {
  readonly donors: ReadonlyMap<DonorName, Donor>;
  readonly folders: DonorFolders;
}

export async function openDonors(folders: ReadonlyMap<DonorName, CheckpointFiles>): Promise<OpenDonors> {
  const opened = await Promise.all(
    [...folders].map(async ([name, files]) => [name, await openDonor(name, files)] as const),
  );
  return { donors: new Map(opened), folders };
}

/** Golden checkpoints under names of a recipe. */
export async function goldenDonors(names: Readonly<Record<DonorName, string>>): Promise<OpenDonors> {
  const folders = await Promise.all(
    Object.entries(names).map(
      async ([donor, checkpoint]) => [donor, await goldenFolder(readFromDisk, checkpoint)] as const,
    ),
  );
  return openDonors(new Map(folders));
}

/** A 7B folder of 16.6 GB that holds nothing: bytes are made up when read, each of them `fill`. */
export function sparse7b(
  tensors: readonly TensorLayout[],
  fill: number,
): { readonly files: CheckpointFiles; readonly count: ReadCount } {
  const { files, count } = sparseCheckpoint(tensors, 5, fill);
  const config = new File([JSON.stringify(CONFIG_7B)], 'config.json');
  return { files: new Map<string, ByteSource>([...files, ['config.json', config]]), count };
}
