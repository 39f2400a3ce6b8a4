/** The weights of all models on one device: the same bytes once, and no more at a time than the memory that was stated. */
import { NamedError } from '../named-error.ts';
import type { Backend } from './backend/backend.ts';
import { CONSTANT_COPIES } from './estimate.ts';
import type { GraphStore } from './graph-store.ts';
import { headOf, type Resident, type ResidentSubject } from './resident.ts';
import { cheapOrder, type Price, priceOf, toGiveBack, type Weighed } from './turns.ts';
import { roundedUp } from './working.ts';
import { distinctBytes, WeightArrays } from './weights/arrays.ts';
import type { HeldPart, HeldTensor } from './weights/held-tensor.ts';
import { throwIfCancelled } from '../work/cancel.ts';

/** A loaded checkpoint, whole or in part. */
export interface HeldModel {
  readonly resident: Resident;
  /** In the order of its plan. */
  readonly tensors: readonly HeldTensor[];
  /** Reads tensors that were given back. @throws NamedError where they are not what they were */
  read(tensors: readonly HeldTensor[], arrays: WeightArrays, signal?: AbortSignal): Promise<void>;
}

/** Parts of a checkpoint that one run needs together. */
export type Need = readonly [Resident, ReadonlySet<HeldPart>];

/** What the layers and the head of a subject need, and other heads beside it. */
export function runNeeds(subject: ResidentSubject, heads: readonly Resident[] = []): readonly Need[] {
  const parts = new Map<Resident, Set<HeldPart>>();
  const add = (model: Resident, part: HeldPart): void => {
    parts.set(model, (parts.get(model) ?? new Set()).add(part));
  };
  subject.layers.forEach(add);
  for (const model of [headOf(subject), ...heads]) add(model, 'head');
  return [...parts];
}

/** What its vision tower needs. */
export function visionNeeds({ rest }: ResidentSubject): readonly Need[] {
  return [[rest, new Set<HeldPart>(['vision'])]];
}

export class HeldWeights {
  /** Bytes that everything on the device may take; what models do not fit into it, they read again in turns. */
  memory = Infinity;
  readonly #backend: Backend;
  readonly #graphs: GraphStore;
  readonly #models = new Map<Resident, HeldModel>();
  #rate: number | null = null;

  constructor(backend: Backend, graphs: GraphStore) {
    this.#backend = backend;
    this.#graphs = graphs;
  }

  get limited(): boolean {
    return this.memory < Infinity;
  }

  /** Bytes of all arrays, each once. */
  get bytes(): number {
    return distinctBytes(this.#arrays());
  }

  /** Where weights are constants: what arrays and the graphs that are made of them take, on no ledger of the backend. */
  get constantBytes(): number {
    if (!this.#backend.constantWeights) return 0;
    const inGraphs = this.#arrays().reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    return this.bytes + (CONSTANT_COPIES - 1) * inGraphs;
  }

  /** Device bytes of weights read in a second, in the last load or turn; null before any. */
  get bytesPerSecond(): number | null {
    return this.#rate;
  }

  /** @param seconds that reading it took */
  enter(model: HeldModel, seconds: number): void {
    this.#models.set(model.resident, model);
    this.#rate = model.resident.arrays.bytes / seconds;
    for (const tensor of model.tensors) this.#share(model, tensor);
  }

  async leave(resident: Resident): Promise<void> {
    this.#models.delete(resident);
    await this.#graphs.forget(resident);
    resident.arrays.dispose();
  }

  /** Bytes of weights that fit beside `working` bytes. */
  room(working: number): number {
    return Math.max(0, Math.floor((this.memory - working) / this.#copies));
  }

  /** Bytes of the memory that are left beside the weights needed. */
  left(needs: readonly Need[]): number {
    return this.memory - this.#copies * weigh(this.#tensors(needs));
  }

  /**
   * Sees to it that what is needed is there, with `working` bytes beside it: gives back what is needed last, shares what another
   * model has, and reads the rest. Whatever goes wrong, what is held is whole.
   *
   * @param later what the next turns need, as far as it is known
   * @throws NamedError `DoesNotFit` with the least memory that would do; `FileChanged`, `Cancelled`, and those of reading
   */
  async hold(
    needs: readonly Need[],
    working: number,
    later: readonly (readonly Need[])[] = [],
    signal?: AbortSignal,
  ): Promise<void> {
    if (!this.limited) return;
    const needed = this.#tensors(needs);
    const room = this.room(working);
    const bytes = weigh(needed);
    if (bytes > room) throw tooLittle(this.memory, this.#copies * bytes + working);
    const upcoming = later.map((turn) => new Set(this.#tensors(turn).map(({ content }) => content)));
    for (const content of toGiveBack(this.#held(), needed, upcoming, room)) await this.#giveBack(content);
    for (const need of needs) await this.#read(need[0], this.#tensors([need]), signal);
    if (this.#backend.constantWeights) await this.#graphs.keepTo((CONSTANT_COPIES - 1) * this.bytes);
  }

  /** Gives back what does not fit beside `working` bytes. */
  async makeRoom(working: number): Promise<void> {
    if (!this.limited) return;
    for (const content of toGiveBack(this.#held(), [], [], this.room(working))) await this.#giveBack(content);
  }

  /** Arrays of the first tensors of a list that fit beside what is held and `working` bytes; undefined where all do. */
  fitting(tensors: readonly HeldTensor[], working: number): ReadonlySet<string> | undefined {
    if (!this.limited) return undefined;
    let left = this.room(working) - this.bytes;
    const fit = tensors.filter(({ bytes }) => {
      const fits = bytes <= left;
      if (fits) left -= bytes;
      return fits;
    });
    return new Set(fit.flatMap(({ slots }) => slots));
  }

  /**
   * An order of turns that reads little, and what that takes. In each the vision tower runs before layers and head, as often as the turn has batches.
   *
   * @param batches of each turn; one, where it is left out
   */
  cheapest(
    turns: readonly {
      readonly vision: readonly Need[];
      readonly run: readonly Need[];
      readonly batches?: number;
    }[],
    working: number,
  ): Price & { readonly order: readonly number[] } {
    const room = this.room(working);
    const held = this.#held();
    const needed = turns.map(({ run, vision }) => [this.#tensors(vision), this.#tensors(run)]);
    const groups = inGroups(
      needed.map((tensors) => tensors.flat()),
      held,
    );
    const order = cheapOrder(groups.turns, room, groups.held);
    return {
      order,
      ...priceOf(
        order.flatMap((turn) => {
          const { batches = 1 } = turns[turn] ?? {};
          return Array.from({ length: batches }, () => needed[turn] ?? []).flat();
        }),
        room,
        held,
      ),
    };
  }

  get #copies(): number {
    return this.#backend.constantWeights ? CONSTANT_COPIES : 1;
  }

  #arrays(): readonly WeightArrays[] {
    return [...this.#models.keys()].map(({ arrays }) => arrays);
  }

  #model(resident: Resident): HeldModel {
    const model = this.#models.get(resident);
    if (!model) throw new RangeError(`${resident.id} is not loaded`);
    return model;
  }

  #tensors(needs: readonly Need[]): readonly HeldTensor[] {
    return needs.flatMap(([resident, parts]) =>
      this.#model(resident).tensors.filter(({ part }) => parts.has(part)),
    );
  }

  #held(): Map<string, number> {
    const held = new Map<string, number>();
    for (const { resident, tensors } of this.#models.values())
      for (const { slots, content, bytes } of tensors)
        if (slots.every((slot) => resident.arrays.has(slot))) held.set(content, bytes);
    return held;
  }

  async #giveBack(content: string): Promise<void> {
    for (const { resident, tensors } of this.#models.values())
      for (const { slots } of tensors.filter((tensor) => tensor.content === content)) {
        await this.#graphs.forget(resident, slots);
        resident.arrays.release(slots);
      }
  }

  /** Takes the arrays of a model that has the same. */
  #share({ resident }: HeldModel, { slots, content }: HeldTensor): void {
    for (const other of this.#models.values()) {
      if (other.resident === resident) continue;
      const same = other.tensors.find((tensor) => tensor.content === content);
      if (same?.slots.every((slot) => other.resident.arrays.has(slot))) {
        resident.arrays.share(slots, other.resident.arrays);
        return;
      }
    }
  }

  async #read(resident: Resident, tensors: readonly HeldTensor[], signal?: AbortSignal): Promise<void> {
    const { arrays } = resident;
    const model = this.#model(resident);
    const isMissing = ({ slots }: HeldTensor): boolean => !slots.every((slot) => arrays.has(slot));
    for (const tensor of tensors.filter(isMissing)) this.#share(model, tensor);
    const missing = tensors.filter(isMissing);
    if (missing.length === 0) return;
    throwIfCancelled(signal);
    const started = performance.now();
    const fresh = new WeightArrays(this.#backend);
    try {
      await model.read(missing, fresh, signal);
      throwIfCancelled(signal);
    } catch (error) {
      fresh.dispose();
      throw error;
    }
    arrays.adopt(fresh);
    this.#rate = weigh(missing) / ((performance.now() - started) / 1000);
  }
}

/** The same turns with tensors of one part that the same of them need as one: orders are many, and tensors hundreds. */
function inGroups(
  turns: readonly (readonly HeldTensor[])[],
  held: ReadonlyMap<string, number>,
): { readonly turns: readonly (readonly Weighed[])[]; readonly held: ReadonlyMap<string, number> } {
  const needed = new Map<string, { readonly tensor: HeldTensor; readonly by: Set<number> }>();
  turns.forEach((tensors, turn) => {
    for (const tensor of tensors) {
      const known = needed.get(tensor.content) ?? { tensor, by: new Set() };
      needed.set(tensor.content, known);
      known.by.add(turn);
    }
  });
  const groups = new Map<string, Weighed & { readonly by: ReadonlySet<number>; readonly there: boolean }>();
  for (const [name, { tensor, by }] of needed) {
    const there = held.has(name);
    const content = [tensor.part, there, ...by].join();
    const bytes = tensor.bytes + (groups.get(content)?.bytes ?? 0);
    groups.set(content, { content, bytes, by, there });
  }
  const all = [...groups.values()];
  return {
    turns: turns.map((_, turn) => all.filter(({ by }) => by.has(turn))),
    held: new Map(all.filter(({ there }) => there).map(({ content, bytes }) => [content, bytes])),
  };
}

/** Bytes of tensors, of equal ones once. */
function weigh(tensors: readonly HeldTensor[]): number {
  let sum = 0;
  for (const bytes of new Map(tensors.map(({ content, bytes }) => [content, bytes])).values()) sum += bytes;
  return sum;
}

/** What was stated is less than one run takes. */
export function tooLittle(memory: number, least: number): NamedError {
  return new NamedError(
    'DoesNotFit',
    `${roundedUp(least)} are needed at once, and ${roundedUp(memory)} of memory were stated`,
    { field: 'memory' },
    `state ${roundedUp(least)} or more, choose q8 or q4, or ask for shorter answers`,
  );
}
