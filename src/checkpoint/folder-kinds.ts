/** Folders of training state, adapters and other formats, told by the names of their files. */
import type { ErrorName } from '../error-name.ts';
import { NamedError } from '../named-error.ts';
import { listing } from './listing.ts';

interface FolderKind {
  readonly error: ErrorName;
  /** Any file with such a path makes the folder one of this kind; those are named. */
  readonly files: RegExp;
  readonly what: string;
  readonly remedy: string;
}

/**
 * First match wins. An adapter beside ZeRO shards is what was trained, gathered already; beside verl's shards it is a part of
 * them.
 */
const KINDS: readonly FolderKind[] = [
  {
    error: 'FsdpShards',
    files: /(^|\/)model_world_size_\d+_rank_\d+\.pt$/,
    what: 'FSDP shards of a training run with verl or EasyR1, which are to be merged first',
    remedy:
      'run "python -m verl.model_merger merge --backend fsdp --local_dir FOLDER --target_dir OUT" (EasyR1: "python scripts/model_merger.py --local_dir FOLDER", which writes FOLDER/huggingface) and open what it writes',
  },
  {
    error: 'AdapterOnly',
    files: /(^|\/)adapter_(model\b[^/]*|config\.json)$/,
    what: 'the folder holds an adapter and not the model it adapts',
    remedy:
      "open its base first, and then this folder; or merge it into its model (peft's merge_and_unload) and save that",
  },
  {
    error: 'ZeroShards',
    files:
      /(^|\/)(zero_to_fp32\.py|(zero_pp_rank_\d+_)?mp_rank_\d+_(model|optim)_states\.pt|(bf16_|fp16_)?zero_pp_rank_\d+_[^/]*\.pt)$/,
    what: 'DeepSpeed ZeRO shards, which transformers does not load',
    remedy:
      'run "python zero_to_fp32.py . OUT --safe_serialization" in the folder, put config.json and the tokenizer files beside what it writes, and open OUT',
  },
  {
    error: 'DistributedCheckpoint',
    files: /(^|\/)[^/]+\.distcp$|(^|\/)latest_checkpointed_iteration\.txt$|(^|\/)model_optim_rng\.pt$/,
    what: 'a distributed checkpoint (torch DCP, FSDP sharded state or Megatron), which transformers does not load',
    remedy:
      'gather it into safetensors first: "accelerate merge-weights FOLDER OUT" for FSDP, "python -m verl.model_merger merge --backend megatron" for Megatron, and open what it writes beside config.json and the tokenizer files',
  },
  {
    error: 'GgufWeights',
    files: /\.ggml$|\/[^/]+\.gguf$/,
    what: "the weights are in GGUF files below the folder's top, or in what llama.cpp wrote before GGUF",
    remedy: 'open the folder in which the .gguf files themselves lie; convert a model in .ggml again',
  },
  {
    error: 'OnnxWeights',
    files: /\.(onnx|onnx[._]data(_\d+)?)$/,
    what: 'the weights are inside ONNX graphs, and these are not all there',
    remedy:
      'open the whole export, with config.json and the tokenizer files, every graph (.onnx) and its data file; or the Hugging Face checkpoint that the graphs were exported from',
  },
  {
    error: 'UnsupportedWeights',
    files: /(^|\/)((pytorch_model|consolidated)[^/]*\.(bin|pth)|tf_model[^/]*\.h5|flax_model[^/]*\.msgpack)$/,
    what: 'the weights are not safetensors',
    remedy: 'convert them: load the model with transformers and call save_pretrained(folder)',
  },
  {
    error: 'UnsupportedWeights',
    files: /\.(pt|pth|ckpt|bin|h5|msgpack)$/,
    what: 'the weights are not safetensors',
    remedy:
      'write them as a Hugging Face folder: call save_pretrained(folder) in the program that trained them',
  },
];

/** Weights, or what stands in their place, in another format than safetensors; of a folder that holds no safetensors. */
export const OTHER_FORMATS = /\.(bin|pt|pth|ckpt|gguf|ggml|h5|msgpack|onnx|onnx[._]data(_\d+)?|distcp)$/;

/** Why a folder without safetensors of its own cannot be opened, and which tool makes one that can; null for no known kind. */
export function otherKind(paths: Iterable<string>): NamedError | null {
  const all = [...paths].sort();
  for (const { error, files, what, remedy } of KINDS) {
    const named = all.filter((path) => files.test(path));
    const [first] = named;
    if (first !== undefined) {
      return new NamedError(error, `${what}: ${listing(named)}`, { file: first }, remedy);
    }
  }
  return null;
}
