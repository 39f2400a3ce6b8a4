import { ALIASES_SINCE, VISION_ALIASES, VISION_DEFAULTS } from './config-defaults.ts';
import type { JsonFields } from './json-fields.ts';
import { checkActivation } from './text-config.ts';

/** The vision tower: window attention, except in `fullAttentionBlocks`. */
export interface VisionConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly outHiddenSize: number;
  /** Pixels a side. */
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** spatialMergeSize² neighbouring patches become one token. */
  readonly spatialMergeSize: number;
  /** Pixels a side. */
  readonly windowSize: number;
  /** Below `depth`, in the file's order. */
  readonly fullAttentionBlocks: readonly number[];
  readonly inChannels: number;
  readonly tokensPerSecond: number;
}

/** A release of transformers, as far as it matters here. */
export interface Release {
  readonly major: number;
  readonly minor: number;
}

/**
 * Reads `vision_config`; what is left out has the class's default, as in transformers. `writer` is the release that
 * saved the file, if it says. Notices say where the newest release would read another model than the writer ran.
 *
 * @throws UnsupportedConfig, InvalidConfig as `parseConfig`
 */
export function parseVision(
  fields: JsonFields,
  writer: Release | undefined,
): { readonly vision: VisionConfig; readonly notices: readonly string[] } {
  fields.refuseNull(Object.keys(VISION_DEFAULTS));
  const notices: string[] = [];
  const count = (name: keyof typeof VISION_ALIASES): number => {
    const alias = VISION_ALIASES[name];
    const fallback = fields.positiveInteger(name, VISION_DEFAULTS[name]);
    if (!fields.has(alias)) return fallback;
    const aliased = fields.positiveInteger(alias);
    if (aliased === fallback) return fallback;
    // A release that knows the alias writes `name` alone: beside it, the alias was of no effect.
    const ignored = fields.has(name) || isBefore(writer, ALIASES_SINCE);
    if (!ignored) return aliased;
    notices.push(
      `config.json has vision_config.${alias} ${aliased} besides ${name} ${fallback}: ${name} is used, as in the ` +
        `release of transformers that wrote the file; from ${ALIASES_SINCE.major}.${ALIASES_SINCE.minor} on, ` +
        `transformers reads ${alias} there. Remove ${alias} from vision_config to make both agree.`,
    );
    return fallback;
  };
  const depth = count('depth');
  const heads = count('num_heads');
  const hiddenSize = fields.positiveInteger('hidden_size', VISION_DEFAULTS.hidden_size);
  // Each head turns one half of its dimensions with height and one with width, in pairs.
  if (hiddenSize % (heads * 4) !== 0) {
    throw fields.wrong('hidden_size', `divisible by 4 × num_heads = ${heads * 4}`);
  }
  checkActivation(fields, VISION_DEFAULTS.hidden_act);
  checkRotary(fields);
  const patchSize = fields.positiveInteger('patch_size', VISION_DEFAULTS.patch_size);
  const spatialMergeSize = fields.positiveInteger('spatial_merge_size', VISION_DEFAULTS.spatial_merge_size);
  const windowSize = fields.positiveInteger('window_size', VISION_DEFAULTS.window_size);
  if (windowSize < patchSize * spatialMergeSize) {
    throw fields.wrong(
      'window_size',
      `at least patch_size × spatial_merge_size = ${patchSize * spatialMergeSize}`,
    );
  }
  // The hub writes in_chans, transformers in_channels; the image processor makes three.
  const channels = fields.has('in_channels') ? 'in_channels' : 'in_chans';
  const inChannels = VISION_DEFAULTS.in_channels;
  if (fields.positiveInteger(channels, inChannels) !== inChannels) {
    throw fields.wrong(channels, `${inChannels}`);
  }
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

function isBefore(release: Release | undefined, { major, minor }: Release): boolean {
  return (
    release !== undefined && (release.major < major || (release.major === major && release.minor < minor))
  );
}

/** 5.18 made the rotary base a field, inside `rope_parameters` or beside it. */
function checkRotary(fields: JsonFields): void {
  const fallback = fields.positive('rope_theta', VISION_DEFAULTS.rope_theta);
  const name = fields.has('rope_parameters') ? 'rope_parameters' : 'rope_theta';
  const rope = name === 'rope_parameters' ? fields.object(name) : undefined;
  const type = rope?.string('rope_type', 'axial') ?? 'axial';
  if (type !== 'axial' && type !== 'default') {
    throw fields.unsupported(name, `vision rotary scaling "${type}"; supported is axial`);
  }
  const theta = rope?.positive('rope_theta', fallback) ?? fallback;
  if (theta !== VISION_DEFAULTS.rope_theta) {
    throw fields.unsupported(name, `vision rotary base ${theta}; supported is ${VISION_DEFAULTS.rope_theta}`);
  }
}
