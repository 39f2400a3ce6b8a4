import type { JsonFields } from '../../json-fields.ts';
import type { VisionConfig } from '../../vision-config.ts';
import { checkHeadSize, checkRotary, readChannels } from '../../vision-config.ts';
import { aliasedCounts } from '../aliases.ts';
import type { Tower } from '../sizes.ts';
import { VISION_DEFAULTS as DEFAULTS } from './config-defaults.ts';

/**
 * Reads `vision_config`; what is left out has the class's default, as in transformers.
 *
 * @throws UnsupportedConfig, InvalidConfig as `readConfig`
 */
export function parseVision(fields: JsonFields, root: JsonFields): Tower {
  fields.refuseNull(Object.keys(DEFAULTS));
  const { depth, heads, notices } = aliasedCounts(fields, root, DEFAULTS);
  const hiddenSize = fields.positiveInteger('hidden_size', DEFAULTS.hidden_size);
  checkHeadSize(fields, 'hidden_size', hiddenSize, heads);
  checkActivation(fields);
  checkRotary(fields, DEFAULTS.rope_theta);
  const vision: VisionConfig = {
    depth,
    hiddenSize,
    heads,
    intermediateSize: fields.positiveInteger('intermediate_size', DEFAULTS.intermediate_size),
    outHiddenSize: fields.positiveInteger('out_hidden_size', DEFAULTS.out_hidden_size),
    patchSize: fields.positiveInteger('patch_size', DEFAULTS.patch_size),
    temporalPatchSize: fields.positiveInteger('temporal_patch_size', DEFAULTS.temporal_patch_size),
    spatialMergeSize: fields.positiveInteger('spatial_merge_size', DEFAULTS.spatial_merge_size),
    positionTableSide: tableSide(fields),
    deepstackBlocks: fields.indices('deepstack_visual_indexes', DEFAULTS.deepstack_visual_indexes),
    inChannels: readChannels(fields),
  };
  return { vision, notices };
}

/** @throws UnsupportedConfig for anything but GELU by tanh, under either of its names in transformers. */
function checkActivation(fields: JsonFields): void {
  const activation = fields.string('hidden_act', DEFAULTS.hidden_act);
  if (activation !== 'gelu_pytorch_tanh' && activation !== 'gelu_python_tanh') {
    throw fields.unsupported('hidden_act', `activation ${activation}; supported is ${DEFAULTS.hidden_act}`);
  }
}

/** Entries a side of the position table, which is square. @throws InvalidConfig */
function tableSide(fields: JsonFields): number {
  const name = 'num_position_embeddings';
  const side = Math.sqrt(fields.positiveInteger(name, DEFAULTS[name]));
  if (!Number.isInteger(side)) throw fields.wrong(name, 'the square of an integer');
  return side;
}
