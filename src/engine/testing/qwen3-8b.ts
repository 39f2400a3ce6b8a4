import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { ReadCount } from '../../checkpoint/testing/qwen-layout.ts';
import { sparseCheckpoint } from '../../checkpoint/testing/qwen-layout.ts';
import { parseConfig } from '../../vlm/config.ts';
import { QWEN3_VL_SIZES, qwen3VlConfig } from '../../vlm/testing/qwen3-vl.ts';
import { expectedWeights } from '../../vlm/weights.ts';
import { readFromDisk } from './goldens-from-disk.ts';
import { goldenFolder } from './goldens.ts';

const JSON_8B = qwen3VlConfig(QWEN3_VL_SIZES['8B']);

/** Qwen3-VL-8B, from its published config.json. */
export const QWEN3_8B = parseConfig(JSON_8B, 'config.json');

/** The hub's names. */
const stored = (name: string): string =>
  name.replace(/^model\./, 'model.language_model.').replace(/^visual\./, 'model.visual.');

/**
 * A folder of its size in four shards that hold nothing (`sparseCheckpoint`), with tokenizer, template and ids of a small
 * checkpoint; tensors called as in `without` are left out.
 */
export async function sparse8b(
  without?: string,
): Promise<{ readonly files: CheckpointFiles; readonly count: ReadCount }> {
  const small = await goldenFolder(readFromDisk, 'qwen3-untied-bf16');
  const { vision_start_token_id, vision_end_token_id, image_token_id, video_token_id } = JSON.parse(
    (await small.get('config.json')?.text()) ?? '{}',
  ) as Partial<typeof JSON_8B>;
  const ids = { vision_start_token_id, vision_end_token_id, image_token_id, video_token_id };
  const layout = expectedWeights(QWEN3_8B)
    .map(({ name, shape }) => ({ name: stored(name), dtype: 'BF16' as const, shape }))
    .filter(({ name }) => name !== without);
  const { files: weights, count } = sparseCheckpoint(layout, 4);
  const files = new Map<string, ByteSource>(weights);
  for (const [name, file] of small) if (!name.startsWith('model')) files.set(name, file);
  files.set('config.json', new File([JSON.stringify({ ...JSON_8B, ...ids })], 'config.json'));
  return { files, count };
}
