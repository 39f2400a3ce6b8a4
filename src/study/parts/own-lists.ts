/** Lists of the whole of which each part keeps its own items: in what a plan is laid out of again, and put together from all parts. */
import type { Json } from '../../identity/canonical-json.ts';

/** Marks one. */
const OWN = 'items of this part';

/** @param places of the items in the list of the whole, from 0 @param of items of the whole */
export function ownList(items: readonly Json[], places: readonly number[], of: number): Json {
  return { of, places, [OWN]: items };
}

/** A field at which two parts differ, and what each says there; undefined where it says nothing. */
export interface Difference {
  readonly field: string;
  readonly one: Json | undefined;
  readonly other: Json | undefined;
}

/** One value of several parts: equal but for their own lists, which it collects. */
export class SharedValue {
  readonly #first: Json;
  readonly #lists = new Map<string, { readonly of: number; readonly items: Map<number, Json> }>();

  /** @param first of the first part */
  constructor(first: Json) {
    this.#first = first;
  }

  /** Takes what a part says, the first among them. @returns where it differs from the first; null where it does not */
  add(value: Json): Difference | null {
    return this.#add(this.#first, value, '');
  }

  /** The value of the whole; the field of a list of which no part has some items, where there is one. */
  whole(): { readonly value: Json } | { readonly incomplete: string } {
    for (const [path, { of, items }] of this.#lists) if (items.size !== of) return { incomplete: path };
    return { value: this.#filled(this.#first, '') };
  }

  #add(one: Json | undefined, other: Json | undefined, path: string): Difference | null {
    const list = listOf(one);
    const theirs = listOf(other);
    if (list && theirs)
      return list.of === theirs.of
        ? this.#take(theirs, path)
        : { field: `${path}.of`, one: list.of, other: theirs.of };
    if (isFields(one) && isFields(other) && !list && !theirs) {
      for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
        const found = this.#add(own(one, name), own(other, name), path === '' ? name : `${path}.${name}`);
        if (found) return found;
      }
      return null;
    }
    if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
      for (const [at, item] of (one as readonly Json[]).entries()) {
        const found = this.#add(item, (other as readonly Json[])[at], `${path}[${at}]`);
        if (found) return found;
      }
      return null;
    }
    return Object.is(one, other) ? null : { field: path, one, other };
  }

  #take({ places, items, of }: OwnItems, path: string): Difference | null {
    const { items: all } = this.#lists.get(path) ?? { items: new Map<number, Json>() };
    this.#lists.set(path, { of, items: all });
    for (const [at, item] of items.entries()) {
      const place = places[at];
      const fits = typeof place === 'number' && Number.isInteger(place) && place >= 0 && place < of;
      if (!fits || all.has(place)) return { field: `${path}[${String(place)}]`, one: null, other: item };
      all.set(place, item);
    }
    return null;
  }

  #filled(value: Json, path: string): Json {
    const list = listOf(value);
    if (list) {
      const all = this.#lists.get(path)?.items;
      return Array.from({ length: list.of }, (_, place) => all?.get(place) ?? null);
    }
    if (Array.isArray(value))
      return (value as readonly Json[]).map((item, at) => this.#filled(item, `${path}[${at}]`));
    if (!isFields(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        this.#filled(field, path === '' ? name : `${path}.${name}`),
      ]),
    );
  }
}

interface OwnItems {
  readonly of: number;
  readonly places: readonly Json[];
  readonly items: readonly Json[];
}

function listOf(value: Json | undefined): OwnItems | null {
  if (!isFields(value)) return null;
  const { of, places, [OWN]: items } = value;
  const isOne = typeof of === 'number' && Array.isArray(places) && Array.isArray(items);
  if (!isOne || places.length !== items.length) return null;
  return { of, places: places as readonly Json[], items: items as readonly Json[] };
}

function isFields(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(value: { readonly [name: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
