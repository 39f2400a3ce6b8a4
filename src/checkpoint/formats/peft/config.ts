/** adapter_config.json of peft, checked: what decides the weights that an adapter makes. */
import type { CheckpointFiles } from '../../byte-source.ts';
import { asObject } from '../../config-hints.ts';
import { modulePattern } from '../module-pattern.ts';
import { MAX_NAME_CHARACTERS, MAX_TENSORS, overLimit } from '../../limits.ts';
import { readJsonFile } from '../../small-file.ts';
import { NamedError } from '../../../named-error.ts';

import { ADAPTER_CONFIG } from './is-adapter.ts';

interface Placed {
  /** Among the keys, of which the first that fits counts. */
  readonly position: number;
  readonly value: number;
}

/** Values for modules whose names end in a key, or, where it begins with `^`, are the key; keys are regular expressions, most of them names. */
export interface Pattern {
  readonly names: ReadonlyMap<string, Placed>;
  readonly expressions: readonly (Placed & { readonly matches: (name: string) => boolean })[];
}

export interface AdapterConfig {
  readonly rank: number;
  readonly alpha: number;
  readonly ranks: Pattern;
  readonly alphas: Pattern;
  /** α is divided by √r, and not by r (rsLoRA). */
  readonly rankStabilised: boolean;
  /** Magnitudes are trained beside directions (DoRA). */
  readonly dora: boolean;
  /** Weights of modules that store them `[in, out]`. */
  readonly fanInFanOut: boolean;
  /** Whether the head follows the embeddings where they are one. */
  readonly keepsTie: boolean;
  /** Tokens whose rows were trained by themselves: one list for the embeddings, or one for each module that is named. */
  readonly tokens: readonly number[] | ReadonlyMap<string, readonly number[]>;
  /** What the adapter calls the model that it was trained on; empty where it does not say. */
  readonly base: string;
}

type Fields = Readonly<Record<string, unknown>>;

const MERGE =
  'merge it with peft (PeftModel.from_pretrained, then merge_and_unload and save_pretrained) and open what that writes';

/** Features whose weights are no W + s·B·A, or whose base is another than the one that is stored. */
const REFUSED = [
  ['target_parameters', 'LoRA on parameters (target_parameters)'],
  ['layer_replication', 'layers that are repeated (layer_replication)'],
  ['megatron_config', 'Megatron layers (megatron_config)'],
  ['alora_invocation_tokens', 'activated LoRA (alora_invocation_tokens)'],
  ['use_qalora', 'QALoRA (use_qalora)'],
  ['use_bdlora', 'block-diagonal LoRA (use_bdlora)'],
  ['arrow_config', 'Arrow routing (arrow_config)'],
  ['kasa_config', 'KaSA (kasa_config)'],
  ['monteclora_config', 'MonteCLoRA (monteclora_config)'],
] as const;
/** Initialisations that subtract something from the base's weights when the adapter is made. */
const CHANGES_BASE = /^(pissa|corda|olora|loftq|lora_ga)/;

/** @throws NamedError `InvalidAdapter`, `UnsupportedAdapter`, those of `readJsonFile` */
export async function readAdapterConfig(files: CheckpointFiles): Promise<AdapterConfig> {
  const fields = asObject(await readJsonFile(files, ADAPTER_CONFIG));
  if (!fields) throw invalid('the file is missing or not a JSON object');
  checkKind(fields);
  return {
    rank: rankOf(fields['r'] ?? 8, 'r'),
    alpha: finite(fields['lora_alpha'] ?? 8, 'lora_alpha'),
    ranks: pattern(fields, 'rank_pattern', rankOf),
    alphas: pattern(fields, 'alpha_pattern', finite),
    rankStabilised: flag(fields, 'use_rslora'),
    dora: flag(fields, 'use_dora'),
    fanInFanOut: flag(fields, 'fan_in_fan_out'),
    keepsTie: flag(fields, 'ensure_weight_tying'),
    tokens: tokensOf(fields['trainable_token_indices'] ?? []),
    base: text(fields['base_model_name_or_path'] ?? '', 'base_model_name_or_path'),
  };
}

function checkKind(fields: Fields): void {
  const kind = text(fields['peft_type'] ?? '', 'peft_type');
  if (kind === '') throw invalid('it does not say which kind of adapter it is', 'peft_type');
  if (kind !== 'LORA') throw unsupported(`an adapter of the kind ${kind}, other than LORA,`, 'peft_type');
  for (const [field, label] of REFUSED) if (isGiven(fields[field])) throw unsupported(label, field);
  const { init_lora_weights: start } = fields;
  if (typeof start === 'string' && CHANGES_BASE.test(start.toLowerCase())) {
    throw unsupported(
      `an adapter that began as ${start}, which changes the base's weights before it is put on them`,
      'init_lora_weights',
    );
  }
}

function isGiven(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** The largest that a factor is computed with; published adapters have 512 at most. */
const MAX_RANK = 2 ** 14;

function rankOf(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_RANK) return value;
  throw invalid(`${shown(value)} is no rank: an integer from 1 to ${MAX_RANK}`, field);
}

function finite(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid(`${shown(value)} is no finite number`, field);
}

function flag(fields: Fields, field: string): boolean {
  const value = fields[field] ?? false;
  if (typeof value === 'boolean') return value;
  throw invalid(`${shown(value)} is neither true nor false`, field);
}

function text(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length <= MAX_NAME_CHARACTERS) return value;
  throw invalid(`${shown(value)} is no name of at most ${MAX_NAME_CHARACTERS} characters`, field);
}

const TOKENS = 'trainable_token_indices';

function tokensOf(value: unknown): AdapterConfig['tokens'] {
  if (Array.isArray(value)) return tokenList(value);
  const modules = asObject(value);
  if (!modules) throw invalid('the value is neither a list nor an object', TOKENS);
  return new Map(Object.entries(modules).map(([module, list]) => [module, tokenList(list)]));
}

function tokenList(value: unknown): readonly number[] {
  const tokens = Array.isArray(value) ? (value as readonly unknown[]) : [null];
  const valid = tokens.filter((token): token is number => Number.isSafeInteger(token) && Number(token) >= 0);
  if (valid.length === tokens.length && new Set(valid).size === valid.length) return valid;
  throw invalid('tokens are given by their ids, each once', TOKENS);
}

/** Keys are regular expressions to peft; most are names, in which a dot stands for itself. */
function pattern(fields: Fields, field: string, read: (value: unknown, field: string) => number): Pattern {
  const given = asObject(fields[field] ?? {});
  if (!given) throw invalid('the value is not an object', field);
  const entries = Object.entries(given);
  if (entries.length > MAX_TENSORS)
    throw overLimit('keys', entries.length, MAX_TENSORS, { file: ADAPTER_CONFIG, field });
  const names = new Map<string, Placed>();
  const expressions: Pattern['expressions'][number][] = [];
  for (const [position, [key, given]] of entries.entries()) {
    const placed = { position, value: read(given, field) };
    const name = key.replaceAll(String.raw`\.`, '.').replace(/\$$/, '');
    if (/^\^?[\w.-]+$/.test(name)) {
      if (!names.has(name)) names.set(name, placed);
      continue;
    }
    // As `get_pattern_key` of peft has it.
    const matches = modulePattern(String.raw`(.*\.)?(${key})$`);
    if (!matches)
      throw unsupported(`the pattern ${JSON.stringify(key)}, in a syntax that is not known here,`, field);
    expressions.push({ ...placed, matches });
  }
  return { names, expressions };
}

/** What a pattern has for a module: of all keys that fit, the first, as peft goes through them. */
export function valueFor(modulePath: string, pattern: Pattern): number | undefined {
  if (pattern.names.size + pattern.expressions.length === 0) return undefined;
  const fits = [`^${modulePath}`, modulePath];
  for (let dot = modulePath.indexOf('.'); dot >= 0; dot = modulePath.indexOf('.', dot + 1))
    fits.push(modulePath.slice(dot + 1));
  const found = [
    ...fits.flatMap((key) => pattern.names.get(key) ?? []),
    ...pattern.expressions.filter(({ matches }) => matches(modulePath)),
  ];
  return found.toSorted((one, other) => one.position - other.position)[0]?.value;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? typeof value).slice(0, 100);
}

function invalid(what: string, field?: string): NamedError {
  return new NamedError(
    'InvalidAdapter',
    what,
    { file: ADAPTER_CONFIG, ...(field === undefined ? {} : { field }) },
    'use the file that peft wrote beside the adapter',
  );
}

/** Something that peft reads and this app does not. */
export function unsupported(what: string, field: string, file = ADAPTER_CONFIG): NamedError {
  return new NamedError('UnsupportedAdapter', `${what} is not read`, { file, field }, MERGE);
}
