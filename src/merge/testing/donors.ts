/** Donors for tests: golden checkpoints, and empty ones of real size. */
import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { TensorLayout } from '../../checkpoint/writing.ts';
import { sparseCheckpoint } from '../../checkpoint/testing/qwen-layout.ts';
import type { ReadCount } from '../../checkpoint/testing/qwen-layout.ts';
import { goldenFolder } from '../../engine/testing/goldens.ts';
import { readFromDisk } from '../../engine/testing/golden-model.ts';
import type { DonorFolders } from '../folder/tensor-values.ts';
import type { Donor } from '../plan/donor.ts';
import { openDonor } from '../plan/donor.ts';
import type { DonorName } from '../recipe/recipe.ts';

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

/** The published config of Qwen2.5-VL-7B-Instruct, as far as it is read. */
const CONFIG_7B = {
  architectures: ['Qwen2_5_VLForConditionalGeneration'],
  model_type: 'qwen2_5_vl',
  hidden_size: 3584,
  intermediate_size: 18944,
  num_hidden_layers: 28,
  num_attention_heads: 28,
  num_key_value_heads: 4,
  vocab_size: 152064,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  max_position_embeddings: 128000,
  tie_word_embeddings: false,
  hidden_act: 'silu',
  eos_token_id: 151645,
  image_token_id: 151655,
  video_token_id: 151656,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  vision_config: {
    depth: 32,
    hidden_size: 1280,
    num_heads: 16,
    intermediate_size: 3420,
    out_hidden_size: 3584,
    patch_size: 14,
    temporal_patch_size: 2,
    spatial_merge_size: 2,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
    hidden_act: 'silu',
    in_chans: 3,
  },
};

/** A 7B folder of 16.6 GB that holds nothing: bytes are made up when read, each of them `fill`. */
export function sparse7b(
  tensors: readonly TensorLayout[],
  fill: number,
): { readonly files: CheckpointFiles; readonly count: ReadCount } {
  const { files, count } = sparseCheckpoint(tensors, 5, fill);
  const config = new File([JSON.stringify(CONFIG_7B)], 'config.json');
  return { files: new Map<string, ByteSource>([...files, ['config.json', config]]), count };
}
