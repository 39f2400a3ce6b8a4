/** A merge as a checkpoint folder that nobody wrote: the engine opens it, the export copies it out. */
import type { ByteSource, CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { MergePlan } from '../plan/plan.ts';
import { RECIPE_FILE, writeRecipe } from '../recipe/recipe-file.ts';
import { writeCard } from './card.ts';
import { companionsOf } from './companions.ts';
import { mergedFile, splicedFile } from './merged-file.ts';
import { planShards, SHARD_BYTES, shardIndex } from './shards.ts';
import type { DonorFolders } from './tensor-values.ts';

export interface FolderOptions {
  /** Largest weight file, bytes; default 5 GB. */
  readonly shardBytes?: number;
}

/**
 * The files of a merged checkpoint by name, in the order an export writes them: weights, tokenizer and processor
 * files of the frame's folder, the card and the recipe, and last the index and config.json, without which no one takes
 * a folder for a checkpoint. Files that the plan changed are as it has them. Reading a weight file computes it.
 */
export class MergedFolder extends Map<string, ByteSource> implements CheckpointFiles {
  readonly plan: MergePlan;
  readonly folders: DonorFolders;
  readonly options: FolderOptions;

  constructor(plan: MergePlan, folders: DonorFolders, options: FolderOptions = {}) {
    super();
    this.plan = plan;
    this.folders = folders;
    this.options = options;
    const shards = planShards(plan.tensors, options.shardBytes ?? SHARD_BYTES);
    for (const shard of shards)
      this.set(shard.file, splicedFile(shard, folders) ?? mergedFile(shard, folders));

    const frame = folders.get(plan.recipe.rest.frame) ?? new Map<string, ByteSource>();
    const { taken } = companionsOf(frame, plan.frameWeightFiles);
    const small = new Map<string, ByteSource>(taken.map((name) => [name, frame.get(name) as ByteSource]));
    for (const { name, text } of plan.changed) small.set(name, new File([text], name));
    const companions = [...small.keys()].sort().filter((name) => name !== CONFIG);
    for (const name of companions) this.set(name, small.get(name) as ByteSource);

    const { recipe, changed } = plan;
    const unchanged = taken.filter((name) => !changed.some((file) => file.name === name));
    this.#add('README.md', writeCard(plan, { unchanged, weights: shards.map(({ file }) => file) }));
    this.#add(RECIPE_FILE, writeRecipe({ recipe, donors: donorRecords(plan), changed: changesOf(changed) }));
    const index = shardIndex(shards);
    if (index) this.#add(index.file, index.text);
    const config = small.get(CONFIG);
    if (config) this.set(CONFIG, config);
  }

  #add(name: string, text: string): void {
    this.set(name, new File([text], name));
  }
}

const CONFIG = 'config.json';

function changesOf(changed: MergePlan['changed']): ReadonlyMap<string, readonly string[]> {
  return new Map(changed.map(({ name, changes }) => [name, changes]));
}

function donorRecords({ donors }: MergePlan): Map<string, { checkpoint: string; fingerprint: string }> {
  return new Map(donors.map(({ name, checkpoint, fingerprint }) => [name, { checkpoint, fingerprint }]));
}
