import type { CheckpointFiles } from '../../checkpoint/byte-source.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { OpenedRecipe } from '../../merge/open-recipe.ts';
import { readRecipeFile } from '../../reading/client.ts';
import type { Donor } from '../../merge/plan/donor.ts';
import { donorOf } from '../../merge/plan/donor.ts';
import { parseBlocks } from '../../merge/recipe/blocks.ts';
import type { Recipe } from '../../merge/recipe/recipe.ts';
import { NamedError } from '../../named-error.ts';
import { once } from '../../work/once.ts';
import type { Cuts } from '../../regions.ts';
import type { Look } from '../layer-strip/look.ts';
import type { Family } from './family.svelte.ts';
import type { Slot } from './slot.svelte.ts';

/** An opened slot that is as deep as the body. */
export interface DonorSlot {
  readonly slot: Slot;
  readonly name: string;
  readonly look: Look;
}

/** The opened checkpoints as donors of merges. */
export class Donors {
  readonly #family: Family;
  readonly #opened = new WeakMap<OpenedCheckpoint, Promise<Donor>>();

  constructor(family: Family) {
    this.#family = family;
  }

  get list(): DonorSlot[] {
    const { layers } = this.#family.body;
    return this.#family.opened.flatMap((slot) =>
      slot.checkpoint?.layers === layers && slot.folder
        ? [
            {
              slot,
              name: slot.identity.label,
              look: { name: slot.identity.label, colour: slot.identity.colour },
            },
          ]
        : [],
    );
  }

  get names(): string[] {
    return this.list.map(({ name }) => name);
  }

  /** By their names in recipes. @throws NamedError those of `donorOf` and `ReadFolders` */
  async open(): Promise<Map<string, Donor>> {
    const opened = await Promise.all(
      this.list.map(async ({ name, slot }) => [name, await this.#donor(name, slot)] as const),
    );
    return new Map(opened);
  }

  folders(): Map<string, CheckpointFiles> {
    return new Map(
      this.list.flatMap(({ name, slot }) => (slot.folder ? [[name, slot.folder.files] as const] : [])),
    );
  }

  /** A recipe from block notation; three regions end at `cuts`. @throws NamedError those of `parseBlocks` */
  parse(text: string, cuts: Cuts): Recipe {
    const regions = text.split(':').length;
    return parseBlocks(text, this.names, this.#family.body.layers, regions === 3 ? cuts : undefined);
  }

  /** A recipe from a file of ours or of mergekit. @throws NamedError `NoDonor`, and those of `readRecipeFile` */
  async read(file: File): Promise<OpenedRecipe> {
    const donors = [...(await this.open()).values()];
    const [first] = donors;
    if (!first) throw new NamedError('NoDonor', 'no checkpoint is open', {}, 'open the donors first');
    const known = donors.map(({ name, checkpoint }) => ({
      name,
      folder: checkpoint.name,
      fingerprint: checkpoint.fingerprint,
    }));
    return readRecipeFile(file, first.config, known);
  }

  async #donor(name: string, { checkpoint }: Slot): Promise<Donor> {
    if (!checkpoint) throw new RangeError(`${name} is not open`);
    const { folders } = this.#family;
    const donor = await once(this.#opened, checkpoint, async () =>
      donorOf(name, await folders.model(checkpoint), await folders.vocabulary(checkpoint)),
    );
    return { ...donor, name };
  }
}
