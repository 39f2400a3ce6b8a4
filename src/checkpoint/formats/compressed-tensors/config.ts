/** What the `quantization_config` of a compressed-tensors checkpoint says of its weights, by module. */
import { asObject } from '../../config-hints.ts';
import { NamedError, type ErrorPlace } from '../../../named-error.ts';
import type { DeclaredQuantization } from '../../quantization.ts';
import { canonicalName } from '../../tensor-name.ts';
import { modulePattern } from '../module-pattern.ts';

/** How the weights of some modules were quantized (`QuantizationArgs` of compressed-tensors 0.20). */
export interface WeightScheme {
  readonly type: 'int' | 'float';
  readonly bits: number;
  readonly symmetric: boolean;
  /** What shares a scale: everything, a row, some columns of a row, or a rectangle. */
  readonly strategy: 'tensor' | 'channel' | 'group' | 'tensor_group' | 'block';
  /** Columns that share a scale; null where the strategy says it all. */
  readonly groupSize: number | null;
  /** Rows and columns of a rectangle. */
  readonly block: readonly [rows: number, columns: number] | null;
  /** "pack-quantized": the group's own, else the model's; empty where neither says one. */
  readonly format: string;
}

export interface CompressedTensorsConfig {
  /** Where it stands, for errors. */
  readonly place: ErrorPlace;
  /** Of the library that wrote it: major, minor. */
  readonly version: readonly [number, number] | null;
  /**
   * The scheme of a module: the only one, or the first whose targets name it, as the library looks (exact names, patterns, classes).
   * `ignore` is not asked: what is quantized is told by the tensors.
   *
   * @param module stored name without `.weight`
   * @throws NamedError `QuantizedWeights` where no group names the module, or a pattern is not read
   */
  schemeOf(module: string): WeightScheme;
}

const STRATEGIES = ['tensor', 'channel', 'group', 'tensor_group', 'block'] as const;
const REMEDY = 'open the checkpoint that it was quantized from, or repair the entry';

/** @returns null for another method, and where no groups are declared @throws NamedError `QuantizedWeights` for an entry that cannot be read */
export function compressedTensorsConfig(
  declared: DeclaredQuantization | null,
): CompressedTensorsConfig | null {
  if (declared?.method !== 'compressed-tensors') return null;
  const { file, field, said } = declared;
  if (!asObject(said['config_groups'])) return null;
  const place = { file, field };
  const format = textOf(said['format']);
  const groups = Object.entries(asObject(said['config_groups']) ?? {}).flatMap(([name, group]) => {
    const groupPlace = { file, field: `${field}.config_groups.${name}` };
    const weights = asObject(group)?.['weights'];
    // A group may be there for activations alone.
    if (asObject(group) && (weights === undefined || weights === null)) return [];
    return [
      { targets: targetsOf(asObject(group)?.['targets']), scheme: schemeFrom(group, format, groupPlace) },
    ];
  });
  if (groups.length === 0) throw unreadEntry('its config_groups name no weights', place);
  const schemes = [...new Map(groups.map(({ scheme }) => [JSON.stringify(scheme), scheme])).values()];
  const [only, ...others] = schemes;
  const byTarget = new Map(groups.flatMap(({ targets, scheme }) => targets.map((to) => [to, scheme])));
  return {
    place,
    version: versionOf(textOf(said['version'])),
    schemeOf: (module) => {
      if (only && others.length === 0) return only;
      const target = firstTarget([...byTarget.keys()], module, place);
      const scheme = target === undefined ? undefined : byTarget.get(target);
      if (scheme) return scheme;
      throw unreadEntry(`none of its config_groups names the module ${module}`, place);
    },
  };
}

function schemeFrom(group: unknown, format: string, place: ErrorPlace): WeightScheme {
  const weights = asObject(asObject(group)?.['weights']);
  if (!weights) throw unreadEntry('the group does not say how its weights were quantized', place);
  const {
    num_bits: bits = 8,
    type = 'int',
    symmetric = true,
    strategy = null,
    group_size: size = null,
  } = weights;
  const groupSize = typeof size === 'number' && size > 0 ? size : null;
  const inferred = size === -1 ? 'channel' : groupSize === null ? 'tensor' : 'group';
  const named = strategy === null ? inferred : strategy;
  const known = STRATEGIES.find((one) => one === named);
  const block = blockOf(weights['block_structure']);
  const valid =
    Number.isSafeInteger(bits) &&
    (type === 'int' || type === 'float') &&
    typeof symmetric === 'boolean' &&
    known !== undefined &&
    (size === null || (Number.isSafeInteger(size) && Number(size) >= -1)) &&
    (groupSize !== null || !known.endsWith('group')) &&
    (block !== null || known !== 'block');
  if (!valid) {
    const shown = JSON.stringify({
      num_bits: bits,
      type,
      symmetric,
      strategy,
      group_size: size,
      block_structure: weights['block_structure'],
    });
    throw unreadEntry(`weights of ${shown} are not read`, place);
  }
  return {
    ...{ type, bits: Number(bits), symmetric, strategy: known, groupSize, block },
    format: textOf(asObject(group)?.['format']) || format,
  };
}

/** `[128, 128]`, or "128x128" in older files. */
function blockOf(value: unknown): readonly [number, number] | null {
  const parts: unknown = typeof value === 'string' ? value.split('x').map(Number) : value;
  if (!Array.isArray(parts) || parts.length !== 2) return null;
  const [rows, columns] = parts as readonly unknown[];
  const fits = (size: unknown): size is number => Number.isSafeInteger(size) && Number(size) > 0;
  return fits(rows) && fits(columns) ? [rows, columns] : null;
}

/** Exact names first, then patterns, each sorted, then classes. */
function firstTarget(targets: readonly string[], module: string, place: ErrorPlace): string | undefined {
  const names = spellings(module);
  const sorted = [...targets].sort();
  const pattern = (target: string): boolean => {
    const matches = modulePattern(target.slice('re:'.length));
    if (matches) return names.some(matches);
    throw unreadEntry(`the pattern ${JSON.stringify(target)} is of a syntax that is not read`, place);
  };
  return (
    sorted.find((target) => names.includes(target)) ??
    sorted.find((target) => target.startsWith('re:') && pattern(target)) ??
    sorted.find((target) => target === (/(^|\.)embed_tokens$/.test(module) ? 'Embedding' : 'Linear'))
  );
}

/** A config written by one version of transformers names modules otherwise than a file that another wrote. */
function spellings(module: string): readonly string[] {
  const canonical = canonicalName(`${module}.`).slice(0, -1);
  const current = canonical
    .replace(/^model\./, 'model.language_model.')
    .replace(/^visual\./, 'model.visual.');
  return [...new Set([module, canonical, current])];
}

function targetsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((target): target is string => typeof target === 'string') : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function versionOf(text: string): readonly [number, number] | null {
  const [, major, minor] = /^(\d{1,6})\.(\d{1,6})/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)];
}

function unreadEntry(what: string, place: ErrorPlace): NamedError {
  return new NamedError('QuantizedWeights', `the weights are quantized, and ${what}`, place, REMEDY);
}
