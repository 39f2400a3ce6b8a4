import type { Checkpoint } from '../../checkpoint/checkpoint.ts';
import type { ModelId } from '../../engine/subject.ts';
import { openMerge } from '../../merge/open-merge.ts';
import { planMerge } from '../../merge/plan/plan.ts';
import { printBlocks } from '../../merge/recipe/blocks.ts';
import type { DonorName, Recipe } from '../../merge/recipe/recipe.ts';
import { NamedError } from '../../named-error.ts';
import type { Donors } from '../state/donors.svelte.ts';
import type { Family } from '../state/family.svelte.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { MergeWork } from '../state/merge-work.svelte.ts';
import type { View } from '../state/view.svelte.ts';
import { identityAt, MOST_CHECKPOINTS } from '../theme/identity.ts';
import type { Shown } from '../../study/shown/comparison.ts';

/** A merge that is compared without being written: its tensors are read from the donors' files, or computed from them. */
export interface ComparedMerge {
  readonly checkpoint: Checkpoint;
  readonly shown: Shown;
  /** Names of the slots it takes from, with the checkpoint that lay in each. */
  readonly donors: ReadonlyMap<DonorName, ModelId>;
  /** What the recipe's file and the plan say of it. */
  readonly notices: readonly string[];
}

/** Merges that stand beside the opened checkpoints in a comparison. */
export class Merges extends MergeWork {
  list = $state.raw<readonly ComparedMerge[]>([]);
  readonly #family: Family;
  readonly #donors: Donors;
  readonly #view: View;

  constructor(family: Family, donors: Donors, view: View, jobs: Jobs) {
    super('compared merge', jobs);
    this.#family = family;
    this.#donors = donors;
    this.#view = view;
  }

  /** Names of the donors that a merge was made of and that are not open any more. */
  missing({ donors }: ComparedMerge): string[] {
    const open = new Set(this.#family.opened.map(({ checkpoint }) => checkpoint?.id));
    return [...donors].flatMap(([name, id]) => (open.has(id) ? [] : [name]));
  }

  /** Those that can be read. */
  get current(): ComparedMerge[] {
    return this.list.filter((merge) => this.missing(merge).length === 0);
  }

  /** A merge in block notation, three regions on the page's cuts. */
  addBlocks(text: string): Promise<void> {
    return this.attempt((signal) => {
      const recipe = this.#donors.parse(text, this.#view.cuts(this.#family.body.layers));
      return this.#add(recipe, this.#nameOf(recipe), [], signal);
    });
  }

  /** A merge from a file of ours or of mergekit, named after it. */
  addFile(file: File): Promise<void> {
    return this.attempt(async (signal) => {
      const { recipe, notices } = await this.#donors.read(file);
      await this.#add(recipe, file.name.replace(/\.(json|ya?ml)$/i, ''), notices, signal);
    });
  }

  addRecipe(recipe: Recipe): Promise<void> {
    return this.attempt((signal) => this.#add(recipe, this.#nameOf(recipe), [], signal));
  }

  remove(merge: ComparedMerge): void {
    this.list = this.list.filter((one) => one !== merge);
    this.error = null;
  }

  async #add(recipe: Recipe, name: string, notices: readonly string[], signal: AbortSignal): Promise<void> {
    const colour = this.#freeColour();
    const slots = this.#donors.list;
    const folders = this.#donors.folders();
    const planned = planMerge(recipe, await this.#donors.open());
    const plan = await this.measured(planned, folders, signal);
    const label = this.#unused(name);
    const checkpoint = await openMerge(plan, folders, label, { signal });
    const same = this.list.find(({ checkpoint: { fingerprint } }) => fingerprint === checkpoint.fingerprint);
    if (same) {
      throw new NamedError(
        'AlreadyCompared',
        `${name} has the same weights as ${same.shown.label}`,
        {},
        'remove that one first, or change the recipe',
      );
    }
    const taken = new Set(plan.donors.map((donor) => donor.name));
    const donors = new Map(
      slots.flatMap(({ name: donor, slot }) =>
        taken.has(donor) && slot.checkpoint ? [[donor, slot.checkpoint.id] as const] : [],
      ),
    );
    this.list = [
      ...this.list,
      { checkpoint, shown: { label, colour }, donors, notices: [...notices, ...plan.notices] },
    ];
  }

  /** "IN:RL:RL", and what is done besides. */
  #nameOf(recipe: Recipe): string {
    const { blocks } = printBlocks(recipe, this.#view.cuts(recipe.layers.length));
    const { length } = recipe.edits;
    return length === 0 ? blocks : `${blocks}, ${length === 1 ? '1 edit' : `${length} edits`}`;
  }

  #unused(name: string): string {
    const used = new Set([...this.list.map(({ shown }) => shown.label), ...this.#donors.names]);
    let label = name;
    for (let number = 2; used.has(label); number++) label = `${name} (${number})`;
    return label;
  }

  /** The last colour that no checkpoint and no other merge has: slots take them from the first on. */
  #freeColour(): string {
    const used = new Set([
      ...this.#family.slots.map(({ identity }) => identity.colour),
      ...this.list.map(({ shown }) => shown.colour),
    ]);
    for (let position = MOST_CHECKPOINTS - 1; position >= 0; position--) {
      const { colour } = identityAt(position);
      if (!used.has(colour)) return colour;
    }
    throw new NamedError(
      'NoSlotLeft',
      `${MOST_CHECKPOINTS} checkpoints and merges are open`,
      {},
      'close or remove one of them',
    );
  }
}
