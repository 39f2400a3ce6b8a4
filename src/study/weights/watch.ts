/** Weights as they are read, held against what they were under the same fingerprint. */
import type { HashedPart } from '../../checkpoint/whole-hash/part.ts';
import { TensorHash } from '../../checkpoint/whole-hash/tensor-hash.ts';
import type { WeightVerifier } from '../../checkpoint/whole-hash/weight-verifier.ts';
import { NamedError } from '../../named-error.ts';
import type { KeptWork } from '../journal/kept-work.ts';
import type { WeightsLedger } from './ledger.ts';

/** Kept results that were computed from other weights of the same fingerprint. */
export interface Withdrawal {
  readonly fingerprint: string;
  /** The tensors that are not what they were. */
  readonly tensors: readonly string[];
  readonly works: readonly KeptWork[];
  /** The same, as a reader is told. */
  readonly sentence: string;
}

/** An opened folder whose weights were loaded. */
export interface LoadedFolder {
  /** Of its opening. */
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
}

/**
 * A fingerprint compares spots. Whoever reads a tensor whole tells its hash here; where it is not what it was, everything that
 * was computed from the checkpoint is withdrawn, and the new hash takes the old one's place.
 */
export class WeightsWatch {
  readonly #ledger: WeightsLedger;
  readonly #withdraw: (fingerprint: string) => Promise<readonly KeptWork[]>;
  readonly #told = new Set<(withdrawal: Withdrawal) => void>();
  readonly #listeners = new Set<(fingerprint: string) => void>();
  /** By the opening of their folders. */
  readonly #loaded = new Map<string, ReadonlyMap<string, string>>();
  readonly #whole = new Map<string, Set<string>>();

  /** @param withdraw forgets what was computed from a checkpoint */
  constructor(ledger: WeightsLedger, withdraw: (fingerprint: string) => Promise<readonly KeptWork[]>) {
    this.#ledger = ledger;
    this.#withdraw = withdraw;
  }

  /** Tells of every withdrawal from here on. @returns what ends it */
  onWithdrawn(tell: (withdrawal: Withdrawal) => void): () => void {
    this.#told.add(tell);
    return () => this.#told.delete(tell);
  }

  /** Tells when more tensors of a checkpoint were compared whole. */
  onCompared(tell: (fingerprint: string) => void): void {
    this.#listeners.add(tell);
  }

  /** A checkpoint was opened: its files may be others than those that were read, and only spots of them were compared. */
  opened(fingerprint: string): void {
    this.#whole.delete(fingerprint);
    this.#changed(fingerprint);
  }

  /** Tensors of an opened checkpoint that were read whole. */
  comparedWhole(fingerprint: string): number {
    return this.#whole.get(fingerprint)?.size ?? 0;
  }

  /** What tensors held when they were last read whole, by canonical name. */
  known(fingerprint: string): Promise<ReadonlyMap<string, string>> {
    return this.#ledger.known(fingerprint);
  }

  /**
   * Takes the hashes of tensors that were read whole.
   *
   * @param hashes by canonical name
   * @returns what was withdrawn; null where they agree, or nothing was known
   */
  async note(fingerprint: string, hashes: ReadonlyMap<string, string>): Promise<Withdrawal | null> {
    const tensors = await this.#ledger.note(fingerprint, hashes);
    const before = tensors.length === 0 ? this.#whole.get(fingerprint) : undefined;
    const whole = before ?? new Set();
    for (const tensor of hashes.keys()) whole.add(tensor);
    this.#whole.set(fingerprint, whole);
    this.#changed(fingerprint);
    if (tensors.length === 0) return null;
    const works = await this.#withdraw(fingerprint);
    const withdrawal = { fingerprint, tensors, works, sentence: sentenceOf(tensors, works) };
    for (const tell of this.#told) tell(withdrawal);
    return withdrawal;
  }

  /**
   * Takes what a load read, and holds it against what was read of those that are loaded beside it.
   *
   * @throws NamedError `SameFingerprint` where it differs from one of the same fingerprint
   */
  tellApart(
    { id, name, fingerprint }: LoadedFolder,
    hashes: ReadonlyMap<string, string>,
    beside: readonly LoadedFolder[],
  ): void {
    for (const other of beside) {
      if (other.fingerprint !== fingerprint || other.id === id) continue;
      for (const [tensor, hash] of this.#loaded.get(other.id) ?? [])
        if ((hashes.get(tensor) ?? hash) !== hash) throw sameFingerprint([other.name, name], tensor);
    }
    this.#loaded.set(id, hashes);
  }

  /** One that puts parts of tensors together, for one run. */
  verifier(): WeightVerifier {
    const hashes = new Map<string, TensorHash>();
    const read = new Map<string, { readonly role: string; readonly hash: string }>();
    return {
      read: async ({ fingerprint, role }, { name, bytes }, part: HashedPart) => {
        const key = JSON.stringify([fingerprint, role, name]);
        const tensor = hashes.get(key) ?? new TensorHash(bytes);
        hashes.set(key, tensor);
        const hash = await tensor.add(part);
        if (hash === null) return;
        // It may be read again, for another update.
        hashes.delete(key);
        const before = read.get(`${fingerprint} ${name}`);
        if (before && before.role !== role && before.hash !== hash)
          throw sameFingerprint([before.role, role], name);
        read.set(`${fingerprint} ${name}`, { role, hash });
        const withdrawal = await this.note(fingerprint, new Map([[name, hash]]));
        if (withdrawal) throw weightsChanged(withdrawal);
      },
    };
  }

  #changed(fingerprint: string): void {
    for (const tell of this.#listeners) tell(fingerprint);
  }
}

export function weightsChanged({ tensors, sentence }: Pick<Withdrawal, 'tensors' | 'sentence'>): NamedError {
  const [tensor] = tensors;
  return new NamedError(
    'WeightsChanged',
    sentence,
    tensor === undefined ? {} : { tensor },
    'run it again: it begins anew, with the weights as they are now',
  );
}

/** Two checkpoints that the fingerprint does not tell apart are there together, and differ: results of one would be taken for the other's. */
export function sameFingerprint(names: readonly [string, string], tensor: string): NamedError {
  return new NamedError(
    'SameFingerprint',
    `${names[0]} and ${names[1]} have the same fingerprint, and differ between the spots that it compares`,
    { tensor },
    'add an empty line to the config.json of one of them, and open it again: then they are told apart',
  );
}

/** Titles said in a sentence, at most; the whole list is there for whoever wants it. */
const SAID = 3;

/** The titles that a sentence says, and how many works it leaves out. */
export function titlesOf(works: readonly Pick<KeptWork, 'title'>[]): {
  readonly said: readonly string[];
  readonly more: number;
} {
  const many = works.length > SAID;
  return { said: works.slice(0, SAID).map(({ title }) => title), more: many ? works.length - SAID : 0 };
}

function sentenceOf([tensor, ...others]: readonly string[], works: readonly KeptWork[]): string {
  const more = others.length > 0 ? ` and ${others.length} more tensor${others.length === 1 ? '' : 's'}` : '';
  const changed = `${tensor}${more} changed between the spots that a fingerprint compares, since results of this checkpoint were kept`;
  if (works.length === 0) return `${changed}; none of those is left.`;
  const { said, more: further } = titlesOf(works);
  const titles = said.map((title) => `"${title}"`).join(', ') + (further > 0 ? ` and ${further} more` : '');
  return `${changed}: ${titles} ${works.length === 1 ? 'is' : 'are'} withdrawn, and computed again when wanted.`;
}
