import type { WithVerifier } from '../checkpoint/whole-hash/weight-verifier.ts';
import type { WorkIdentity } from '../identity/work-identity.ts';
import type { DeltaSpec } from '../spectra/deltas/delta-spec.ts';
import type { CheckpointSet, Pairing } from '../spectra/deltas/pairing.ts';
import type { Computers } from '../spectra/diversity.ts';
import type { Cuts } from '../regions.ts';
import type { LongWork } from '../work/long-work.ts';
import type { Analysis } from './analysis.ts';
import type { UpdatesDeclaration, UpdatesWords } from './declaration.ts';
import type { Reader } from './probe.ts';
import type { SettingValues } from './setting-values.ts';

/** What an analysis of updates is run on. */
export interface GivenUpdates {
  /** By their names in results. */
  readonly checkpoints: CheckpointSet;
  /** What computes: `cpu`, or the GPU by its name (`browserComputers`). Numbers of two are not put into one result. */
  readonly computer: string;
}

/** What is written of the records so far. */
export interface Writing {
  /** Early, Mid, Late end here; thirds unless given. */
  readonly cuts?: Cuts | undefined;
  /** Parts that other analyses give, by their names. */
  readonly parts?: Readonly<Record<string, object>>;
}

/** One piece of work, laid out: which updates of which tensors, what names it, and what it writes. */
export interface UpdatesPlan<Record, File> {
  readonly identity: WorkIdentity;
  /** Records of the whole: one a tensor, named as `pairing` names it. */
  readonly total: number;
  /** Those that are read. */
  readonly checkpoints: CheckpointSet;
  /** Every update that there is to choose from. */
  readonly choices: readonly DeltaSpec[];
  /** Those that are measured. */
  readonly deltas: readonly DeltaSpec[];
  readonly pairing: Pairing;
  /** What has to be read, in bytes, or computed, in multiplications and additions. */
  readonly cost: number;
  /**
   * Computes what is not finished.
   *
   * @param only names of the tensors that are measured; left out: all
   * @throws NamedError `Cancelled`, those of reading
   */
  run(
    computers: Computers,
    work: LongWork<Record> & WithVerifier,
    only?: ReadonlySet<string>,
  ): Promise<ReadonlyMap<string, Record>>;
  /** The result file of the records so far. */
  file(records: ReadonlyMap<string, Record>, writing?: Writing): File;
  /** The same as a part of another's file, where that takes it in. */
  part?(records: ReadonlyMap<string, Record>, writing?: Writing): object;
}

/** Who reads the findings: what of the page they depend on besides. */
export interface UpdatesReader extends Reader {
  /** By an update's key, what is subtracted from what: "RL − IN". */
  readonly formulas: ReadonlyMap<string, string>;
  /** ‖Δ‖/‖W‖, or ‖Δ‖. */
  readonly scale: 'relative' | 'absolute';
}

/** An update as sentences call it. */
export interface NamedUpdate {
  readonly key: string;
  /** What is subtracted from what: "RL − IN". */
  readonly label: string;
}

/** An analysis of what training changed in the weights: runs no model. */
export interface Updates<Values = SettingValues, Record = unknown, File = unknown> extends Analysis<Record> {
  readonly declaration: UpdatesDeclaration;
  readonly words: UpdatesWords;
  /** @throws NamedError `TooFewCheckpoints`, `NothingToCompare`; those of settings that do not fit what is compared */
  plan(given: GivenUpdates, values: Values): UpdatesPlan<Record, File>;
  /** Settings that an identity tells, as a journal has it: those with which `plan` makes it again. */
  settingsOf(identified: SettingValues): SettingValues;
  /** What was found, in sentences. @param said its own words in the language of who reads them; English unless given */
  findings(
    file: File,
    plan: Pick<UpdatesPlan<Record, File>, 'deltas' | 'pairing'>,
    values: Values,
    reader: UpdatesReader,
    said?: UpdatesWords,
  ): readonly string[];
}
