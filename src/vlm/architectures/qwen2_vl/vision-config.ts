import type { JsonFields } from '../../json-fields.ts';
import { checkHeadSize, checkRotary, readChannels } from '../../vision-config.ts';
import { aliasedCounts } from '../aliases.ts';
import type { Tower } from '../sizes.ts';

/** What transformers' `Qwen2VLVisionConfig` takes where config.json leaves a field out (5.24.0, from its signature). */
const DEFAULTS = {
  depth: 32,
  embed_dim: 1280,
  /** Of the language model: the tower's own is `embed_dim`. */
  hidden_size: 3584,
  hidden_act: 'quick_gelu',
  mlp_ratio: 4,
  num_heads: 16,
  in_channels: 3,
  patch_size: 14,
  spatial_merge_size: 2,
  temporal_patch_size: 2,
  rope_theta: 1e4,
} as const;

/**
 * Reads `vision_config`; what is left out has the class's default, as in transformers.
 *
 * @throws UnsupportedConfig, InvalidConfig as `readConfig`
 */
export function parseVision(fields: JsonFields, root: JsonFields): Tower {
  fields.refuseNull(Object.keys(DEFAULTS));
  const { depth, heads, notices } = aliasedCounts(fields, root, DEFAULTS);
  const hiddenSize = fields.positiveInteger('embed_dim', DEFAULTS.embed_dim);
  checkHeadSize(fields, 'embed_dim', hiddenSize, heads);
  const activation = fields.string('hidden_act', DEFAULTS.hidden_act);
  if (activation !== DEFAULTS.hidden_act) {
    throw fields.unsupported('hidden_act', `activation ${activation}; supported is ${DEFAULTS.hidden_act}`);
  }
  checkRotary(fields, DEFAULTS.rope_theta);
  const vision = {
    depth,
    hiddenSize,
    heads,
    intermediateSize: hiddenSize * fields.positiveInteger('mlp_ratio', DEFAULTS.mlp_ratio),
    outHiddenSize: fields.positiveInteger('hidden_size', DEFAULTS.hidden_size),
    patchSize: fields.positiveInteger('patch_size', DEFAULTS.patch_size),
    temporalPatchSize: fields.positiveInteger('temporal_patch_size', DEFAULTS.temporal_patch_size),
    spatialMergeSize: fields.positiveInteger('spatial_merge_size', DEFAULTS.spatial_merge_size),
    inChannels: readChannels(fields),
  };
  return { vision, notices };
}
