/** The vision tower's sizes, and how fields that all towers have are read. */
import type { JsonFields } from './json-fields.ts';

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
  /** Pixels a side of the windows within which patches attend; left out: every block attends over the whole image. */
  readonly windowSize?: number;
  /** Blocks that attend over the whole image in spite of windows. Below `depth`, in the file's order. */
  readonly fullAttentionBlocks?: readonly number[];
  /** Entries a side of the learned position table, laid over every image; left out: there is none. */
  readonly positionTableSide?: number;
  /** Blocks whose output goes to a projector of its own (DeepStack), in the file's order; left out: none. */
  readonly deepstackBlocks?: readonly number[];
  readonly inChannels: number;
  readonly tokensPerSecond?: number;
}

/** A release of transformers, as far as it matters here. */
export interface Release {
  readonly major: number;
  readonly minor: number;
}

/** The release that saved the file, `transformers_version`; a development version counts as the release it precedes. */
export function writerOf(root: JsonFields): Release | undefined {
  const version = root.raw('transformers_version');
  const parts = typeof version === 'string' ? /^(\d+)\.(\d+)/.exec(version) : null;
  return parts === null ? undefined : { major: Number(parts[1]), minor: Number(parts[2]) };
}

/** A count that later releases also take under another name (`attribute_map` of the class). */
export interface AliasedCount {
  readonly name: string;
  readonly alias: string;
  /** The first release that reads the alias; earlier ones keep such a field and do not use it. */
  readonly since: Release;
  readonly fallback: number;
}

/** Reads such a count. A notice says where the newest release would read another model than `writer` ran. */
export function aliasedCount(
  fields: JsonFields,
  { name, alias, since, fallback }: AliasedCount,
  writer: Release | undefined,
  notices: string[],
): number {
  const own = fields.positiveInteger(name, fallback);
  if (!fields.has(alias)) return own;
  const aliased = fields.positiveInteger(alias);
  if (aliased === own) return own;
  // A release that knows the alias writes `name` alone: beside it, the alias was of no effect.
  const ignored = fields.has(name) || isBefore(writer, since);
  if (!ignored) return aliased;
  notices.push(
    `config.json has vision_config.${alias} ${aliased} besides ${name} ${own}: ${name} is used, as in the ` +
      `release of transformers that wrote the file; from ${since.major}.${since.minor} on, ` +
      `transformers reads ${alias} there. Remove ${alias} from vision_config to make both agree.`,
  );
  return own;
}

function isBefore(release: Release | undefined, { major, minor }: Release): boolean {
  return (
    release !== undefined && (release.major < major || (release.major === major && release.minor < minor))
  );
}

/**
 * Each head turns one half of its dimensions with height and one with width, in pairs.
 *
 * @throws InvalidConfig
 */
export function checkHeadSize(fields: JsonFields, name: string, size: number, heads: number): void {
  if (size % (heads * 4) !== 0) throw fields.wrong(name, `divisible by 4 × num_heads = ${heads * 4}`);
}

/** 5.18 made the rotary base a field, inside `rope_parameters` or beside it. @throws UnsupportedConfig for another than `base` */
export function checkRotary(fields: JsonFields, base: number): void {
  const fallback = fields.positive('rope_theta', base);
  const name = fields.has('rope_parameters') ? 'rope_parameters' : 'rope_theta';
  const rope = name === 'rope_parameters' ? fields.object(name) : undefined;
  const type = rope?.string('rope_type', 'axial') ?? 'axial';
  if (type !== 'axial' && type !== 'default') {
    throw fields.unsupported(name, `vision rotary scaling "${type}"; supported is axial`);
  }
  const theta = rope?.positive('rope_theta', fallback) ?? fallback;
  if (theta !== base) {
    throw fields.unsupported(name, `vision rotary base ${theta}; supported is ${base}`);
  }
}

/** The hub writes in_chans, transformers in_channels; the image processor makes three. @throws InvalidConfig */
export function readChannels(fields: JsonFields): number {
  const channels = fields.has('in_channels') ? 'in_channels' : 'in_chans';
  if (fields.positiveInteger(channels, CHANNELS) !== CHANNELS) throw fields.wrong(channels, `${CHANNELS}`);
  return CHANNELS;
}

const CHANNELS = 3;
