/** A mergekit configuration as written: its fields, its parameters and how they are looked up. */
import { overLimit } from '../../checkpoint/limits.ts';
import { NamedError } from '../../named-error.ts';
import type { DonorName } from '../recipe/recipe.ts';
import { Fields } from './fields.ts';
import type { ModelReference } from './model-reference.ts';
import { called, readModel } from './model-reference.ts';
import type { TokenizerOptions } from './tokenizer-options.ts';
import { readTokenizerOptions } from './tokenizer-options.ts';
import type { Shares } from './weights.ts';

const METHODS = ['passthrough', 'linear'];
const KNOWN = [
  ...['modules', 'slices', 'models', 'merge_method', 'base_model', 'parameters'],
  ...['dtype', 'out_dtype', 'tokenizer_source', 'tokenizer', 'chat_template', 'name'],
];
const KEPT_DTYPES = "copies keep their dtype, computed tensors get the frame's.";
/** Fields that mergekit heeds and a merge here does not, and what happens instead. */
const NOT_APPLIED = {
  dtype: KEPT_DTYPES,
  out_dtype: KEPT_DTYPES,
};
/** Weights are written in decimals: a sum of 0.7 + 0.3 need not be 1 to the last bit. */
const SUM_TOLERANCE = 1e-9;

/**
 * Values looked at for all tensors together: 128 layers of six donors, each part of each mixed otherwise, take 60,000. Conditions are
 * read for each model and tensor, so that some thousand of both would take hours.
 */
const MAX_CHECKED_VALUES = 1_000_000;

/** Which tensor a parameter is asked for. */
interface Asked {
  /** 0 … L − 1 */
  readonly layer: number;
  readonly tensor: string;
  /** Place within the slice, 0 … 1. */
  readonly gradient: number;
}

export class MergekitFile {
  readonly root: Fields;
  /** What it says of tokenizer and chat template. */
  readonly tokenizer: TokenizerOptions;
  /** As the file calls it. */
  readonly baseModel: string | null;
  readonly #file: string;
  readonly #method: string;
  readonly #donorOf: (model: string) => DonorName | null;
  readonly #notices: readonly string[];
  readonly #revisions = new Set<string>();
  #checkedValues = 0;

  constructor(document: unknown, file: string, donorOf: (model: string) => DonorName | null) {
    this.#file = file;
    this.#donorOf = donorOf;
    this.root = new Fields(document, this, '');
    const method = this.root.value('merge_method');
    if (typeof method !== 'string') throw this.invalid('it names no merge method', 'merge_method');
    if (!METHODS.includes(method)) {
      throw this.refusal(`the method ${method} is not one of ${METHODS.join(', ')}`, 'merge_method');
    }
    this.#method = method;
    const other = this.root.names().find((name) => !KNOWN.includes(name));
    if (other !== undefined) throw this.refusal(`"${other}" has no place in a recipe`, other);
    if (['modules', 'slices', 'models'].filter((name) => this.root.has(name)).length !== 1) {
      throw this.invalid('it needs exactly one of modules, slices and models', '');
    }
    this.tokenizer = readTokenizerOptions(this);
    this.baseModel = this.root.has('base_model') ? this.#called(this.root.value('base_model')) : null;
    this.#notices = Object.entries(NOT_APPLIED).flatMap(([field, instead]) =>
      this.root.has(field) ? [`${field}: ${String(this.root.value(field))} is not applied: ${instead}`] : [],
    );
  }

  /** What it says that a merge here does otherwise, or leaves open. */
  get notices(): readonly string[] {
    const revisions = [...this.#revisions].map(
      (model) => `${model}: whether the open checkpoint is of that revision was not checked.`,
    );
    return [...this.#notices, ...this.tokenizer.notices, ...revisions];
  }

  /** The opened checkpoint that is the base model; null where none is named, or it is not open. */
  baseDonor(): DonorName | null {
    return this.baseModel === null ? null : this.donorOf(this.model(this.baseModel));
  }

  /** The opened checkpoint behind a model; null where it is not open. */
  donorOf(reference: ModelReference): DonorName | null {
    const exact = this.#donorOf(called(reference));
    if (exact !== null || reference.revision === null) return exact;
    const donor = this.#donorOf(reference.path);
    if (donor !== null) this.#revisions.add(called(reference));
    return donor;
  }

  /** @throws NamedError `InvalidMergekit`; `NotARecipe` where something would be done to the model before it is merged */
  model(value: unknown, field = 'model'): ModelReference {
    const reference = readModel(value);
    if (!reference) throw this.invalid(`${JSON.stringify(value) ?? 'nothing'} names no model`, field);
    if (reference.adapter !== null) {
      throw this.refusal(
        `${called(reference)}+${reference.adapter} has an adapter to be merged first`,
        field,
      );
    }
    if (reference.architecture !== null) {
      throw this.refusal(`${called(reference)} is to be read as ${reference.architecture}`, field);
    }
    return reference;
  }

  #called(value: unknown): string {
    return called(this.model(value, 'base_model'));
  }

  /** `models` as mergekit takes them: a base model that is not among them joins them, without parameters of its own. */
  withBase(models: readonly Fields[]): readonly Fields[] {
    const { baseModel } = this;
    if (baseModel === null || models.some((source) => this.#name(source) === baseModel)) return models;
    return [...models, new Fields({ model: baseModel }, this, 'base_model')];
  }

  /** The same sources. @throws NamedError `InvalidMergekit` where one model is given twice */
  distinct(sources: readonly Fields[]): readonly Fields[] {
    const models = sources.map((source) => this.#name(source));
    if (new Set(models).size === models.length) return sources;
    const twice = models.find((model, i) => models.indexOf(model) !== i);
    throw this.invalid(`${JSON.stringify(twice)} stands twice in one slice`, 'model');
  }

  /** Shares of one tensor, zero shares left out, adding up to 1. */
  shares(sources: readonly Fields[], inherited: readonly Fields[], asked: Asked): Shares {
    if (this.#method === 'passthrough') return this.#passed(sources, inherited, asked);
    const shares = new Map<DonorName, number>();
    for (const source of sources) {
      this.#look(1);
      const weight = this.#number('weight', this.#settings(source, inherited), asked);
      if (weight === null) {
        throw this.invalid(`${this.#name(source)} is a model without a weight for ${asked.tensor}`, 'weight');
      }
      const donor = this.#donor(source);
      if (weight !== 0) shares.set(donor, (shares.get(donor) ?? 0) + weight);
    }
    return this.#normalized(shares, inherited, asked);
  }

  #normalized(shares: ReadonlyMap<DonorName, number>, inherited: readonly Fields[], asked: Asked): Shares {
    const sum = [...shares.values()].reduce((total, share) => total + share, 0);
    if (shares.size > 2) {
      throw this.refusal(
        `${shares.size} models are mixed in ${asked.tensor}; here at most two are`,
        'weight',
      );
    }
    const normalize = this.#lookUp('normalize', inherited, asked) ?? true;
    const whole = Math.abs(sum - 1) < SUM_TOLERANCE;
    if (!whole && (!normalize || sum === 0)) {
      throw this.refusal(
        `the weights of ${asked.tensor} add up to ${sum}, not 1: it would be scaled`,
        'weight',
      );
    }
    if ([...shares.values()].some((share) => share / sum < 0)) {
      throw this.refusal(`a weight of ${asked.tensor} is negative; here a share is from 0 to 1`, 'weight');
    }
    return whole ? shares : new Map([...shares].map(([donor, share]) => [donor, share / sum]));
  }

  #passed(sources: readonly Fields[], inherited: readonly Fields[], asked: Asked): Shares {
    const [only, more] = sources;
    if (!only || more) {
      const what = 'passthrough takes one model a slice, and a base_model beside `models` is one more';
      throw this.invalid(what, 'sources');
    }
    const scale = this.#number('scale', this.#settings(only, inherited), asked);
    if (scale !== null && scale !== 1) throw this.refusal(`${asked.tensor} is scaled by ${scale}`, 'scale');
    return new Map([[this.#donor(only), 1]]);
  }

  #settings(source: Fields, inherited: readonly Fields[]): readonly Fields[] {
    const own = source.object('parameters');
    return own ? [own, ...inherited] : inherited;
  }

  #donor(source: Fields): DonorName {
    const model = this.model(source.value('model'));
    const donor = this.donorOf(model);
    if (donor !== null) return donor;
    const place = { file: this.#file, field: 'model' };
    const what = `no open checkpoint is ${called(model)}`;
    throw new NamedError('UnknownDonor', what, place, 'open it under that name');
  }

  #name(source: Fields): string {
    return called(this.model(source.value('model')));
  }

  #number(name: string, settings: readonly Fields[], asked: Asked): number | null {
    const value = this.#lookUp(name, settings, asked);
    if (value === null) return null;
    if (typeof value === 'number') return value;
    throw this.invalid(`${JSON.stringify(value)} is not a number`, name);
  }

  /** The first of `settings` that has a value for the tensor: source, slice, module, file. */
  #lookUp(name: string, settings: readonly Fields[], asked: Asked): number | boolean | null {
    for (const fields of settings) {
      if (!fields.has(name)) continue;
      const value = this.#evaluate(fields.value(name), name, asked);
      if (value !== null) return value;
    }
    return null;
  }

  /** A number, a gradient (a list of numbers over the slice), or conditions of which the first that fits counts. */
  #evaluate(setting: unknown, name: string, asked: Asked): number | boolean | null {
    if (typeof setting === 'number' || typeof setting === 'boolean') return setting;
    if (Array.isArray(setting)) this.#look(setting.length);
    if (Array.isArray(setting) && setting.length > 0 && setting.every((item) => typeof item === 'number')) {
      return gradient(setting as number[], asked.gradient);
    }
    const conditions = Array.isArray(setting) ? (setting as unknown[]) : [setting];
    for (const condition of conditions) {
      this.#look(1);
      const fields = new Fields(condition, this, name);
      const filter = fields.value('filter');
      const fits = filter === undefined || filter === '*' || asked.tensor.includes(String(filter));
      if (fits) return this.#evaluate(fields.value('value'), name, asked);
    }
    return null;
  }

  #look(values: number): void {
    this.#checkedValues += values;
    if (this.#checkedValues <= MAX_CHECKED_VALUES) return;
    const place = { file: this.#file };
    const remedy = 'name fewer models in a slice, or give them fewer conditions';
    throw overLimit('values looked at', `over ${MAX_CHECKED_VALUES}`, MAX_CHECKED_VALUES, place, remedy);
  }

  invalid(what: string, field: string): NamedError {
    const remedy = 'give a mergekit configuration, as its documentation describes it';
    return new NamedError('InvalidMergekit', what, { file: this.#file, field }, remedy);
  }

  /** For what mergekit can and a recipe cannot. */
  refusal(what: string, field: string): NamedError {
    return new NamedError(
      'NotARecipe',
      what,
      { file: this.#file, field },
      'run this one with mergekit itself',
    );
  }
}

function gradient(values: readonly number[], at: number): number {
  const scaled = at * (values.length - 1);
  const low = Math.floor(scaled);
  const high = Math.min(values.length - 1, low + 1);
  const share = scaled - low;
  return (1 - share) * (values[low] as number) + share * (values[high] as number);
}
