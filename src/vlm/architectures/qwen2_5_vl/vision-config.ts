import type { JsonFields } from '../../json-fields.ts';
import { checkActivation } from '../../text-config.ts';
import { checkHeadSize, checkRotary, readChannels } from '../../vision-config.ts';
import { aliasedCounts } from '../aliases.ts';
import type { Tower } from '../sizes.ts';
import { VISION_DEFAULTS } from './config-defaults.ts';

/**
 * Reads `vision_config`; what is left out has the class's default, as in transformers. Notices say
 * where the newest release would read another model than the one that saved the file ran.
 *
 * @throws UnsupportedConfig, InvalidConfig as `parseConfig`
 */
export function parseVision(fields: JsonFields, root: JsonFields): Tower {
  fields.refuseNull(Object.keys(VISION_DEFAULTS));
  const { depth, heads, notices } = aliasedCounts(fields, root, VISION_DEFAULTS);
  const hiddenSize = fields.positiveInteger('hidden_size', VISION_DEFAULTS.hidden_size);
  checkHeadSize(fields, 'hidden_size', hiddenSize, heads);
  checkActivation(fields, VISION_DEFAULTS.hidden_act);
  checkRotary(fields, VISION_DEFAULTS.rope_theta);
  const patchSize = fields.positiveInteger('patch_size', VISION_DEFAULTS.patch_size);
  const spatialMergeSize = fields.positiveInteger('spatial_merge_size', VISION_DEFAULTS.spatial_merge_size);
  const windowSize = fields.positiveInteger('window_size', VISION_DEFAULTS.window_size);
  if (windowSize < patchSize * spatialMergeSize) {
    throw fields.wrong(
      'window_size',
      `at least patch_size × spatial_merge_size = ${patchSize * spatialMergeSize}`,
    );
  }
  const inChannels = readChannels(fields);
  const vision = {
    depth,
    hiddenSize,
    heads,
    intermediateSize: fields.positiveInteger('intermediate_size', VISION_DEFAULTS.intermediate_size),
    outHiddenSize: fields.positiveInteger('out_hidden_size', VISION_DEFAULTS.out_hidden_size),
    patchSize,
    temporalPatchSize: fields.positiveInteger('temporal_patch_size', VISION_DEFAULTS.temporal_patch_size),
    spatialMergeSize,
    windowSize,
    // The list names 7, 15, 23, 31 in small models, too: what lies beyond the last block means none.
    fullAttentionBlocks: fields
      .indices('fullatt_block_indexes', VISION_DEFAULTS.fullatt_block_indexes)
      .filter((block) => block < depth),
    inChannels,
    tokensPerSecond: fields.positive('tokens_per_second', VISION_DEFAULTS.tokens_per_second),
  };
  return { vision, notices };
}
