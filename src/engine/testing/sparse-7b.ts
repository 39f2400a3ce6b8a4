import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import { qwenTensors, SHAPE_7B, sparseCheckpoint } from '../../checkpoint/testing/qwen-layout.ts';
import { readFromDisk } from './goldens-from-disk.ts';
import { goldenFolder } from './goldens.ts';
import { JSON_7B } from './qwen-7b.ts';

/**
 * A folder of Qwen2.5-VL-7B's size in four shards that hold nothing but bytes of `fill` (`sparseCheckpoint`), with tokenizer, template and ids of
 * a small checkpoint.
 */
export async function sparse7b(fill: number): Promise<CheckpointFiles> {
  const small = await goldenFolder(readFromDisk, 'untied-gqa2-f16');
  const { vision_start_token_id, vision_end_token_id, image_token_id, video_token_id } = JSON.parse(
    (await small.get('config.json')?.text()) ?? '{}',
  ) as Partial<typeof JSON_7B>;
  const ids = { vision_start_token_id, vision_end_token_id, image_token_id, video_token_id };
  const files = new Map<string, ByteSource>(sparseCheckpoint(qwenTensors(SHAPE_7B), 4, fill).files);
  for (const [name, file] of small) if (!name.startsWith('model')) files.set(name, file);
  files.set('config.json', new File([JSON.stringify({ ...JSON_7B, ...ids })], 'config.json'));
  return files;
}
