/** Groups of samples in their order, for several lanes that take from them. */

/** Samples that are answered together. */
export interface Part<Sample> {
  /** How many come before it, over all groups. */
  readonly at: number;
  readonly samples: readonly Sample[];
  /** What an engine makes ready once for all that needs it. */
  readonly needs: ReadonlySet<string>;
}

/** No part is a smaller part of a group, but a group's rest: what a run costs depends on how many it answers only in part. */
const LEAST_PART = 1 / 4;

/** Parts of its share of what is left that a lane takes it in: the last ones are short. */
const PARTS_OF_SHARE = 2;

export class GroupQueue<Sample, Lane> {
  /** How many groups at the front differ in what they need: a lane may take any of so many. */
  readonly choice: number;
  readonly #left: Part<Sample>[];
  /** In all that are left. */
  #samples = 0;
  readonly #takers: number;
  readonly #least: number;
  /** By need, how many kinds of groups have it. */
  readonly #kinds = new Map<string, number>();
  readonly #ready = new Map<Lane, ReadonlySet<string>>();
  readonly #emptied = new AbortController();

  /**
   * @param takers how many lanes take from it
   * @param needsOf what a sample needs; of groups whose first samples need nothing the foremost is taken
   */
  constructor(
    groups: readonly (readonly Sample[])[],
    takers: number,
    needsOf: (sample: Sample) => readonly string[],
  ) {
    this.#left = groups.map((samples) => {
      const part = { at: this.#samples, samples, needs: new Set(samples.slice(0, 1).flatMap(needsOf)) };
      this.#samples += samples.length;
      return part;
    });
    this.#takers = takers;
    this.#least = Math.ceil(LEAST_PART * Math.max(...groups.map(({ length }) => length)));
    const kinds = new Map(this.#left.map(({ needs }) => [JSON.stringify([...needs].sort()), needs]));
    for (const needs of kinds.values())
      for (const need of needs) this.#kinds.set(need, (this.#kinds.get(need) ?? 0) + 1);
    this.choice = takers === 1 ? 1 : kinds.size;
  }

  /** Aborted once nothing is left. */
  get empty(): AbortSignal {
    return this.#emptied.signal;
  }

  /** Whether the sample that so many come before is still to be taken. */
  holds(at: number): boolean {
    return this.#left[0]?.at === at;
  }

  /**
   * The group near the front for which this lane has least to make ready of what several kinds of groups need; of several, one for which others
   * have least ready that it has not; then the foremost. Of several that take, each takes no more than half of what would be its share of what is
   * left, or all of it where groups need something: it would be made ready for each part.
   *
   * @param among how many groups are near the front
   */
  next(lane: Lane, among = this.choice): Part<Sample> | undefined {
    const order = this.#left
      .slice(0, among)
      .map((part, place) => {
        const missing = [...part.needs].filter((need) => !this.#ready.get(lane)?.has(need));
        const shared = missing.filter((need) => (this.#kinds.get(need) ?? 0) > 1).length;
        return {
          part,
          place,
          missing: shared,
          elsewhere: missing.filter((need) => this.#isReady(need)).length,
        };
      })
      .sort((a, b) => a.missing - b.missing || a.elsewhere - b.elsewhere || a.place - b.place);
    const [best] = order;
    if (!best) return undefined;
    const { at, samples, needs } = best.part;
    const count = this.#partOf(best.part);
    const rest = { at: at + count, samples: samples.slice(count), needs };
    this.#left.splice(best.place, 1, ...(rest.samples.length > 0 ? [rest] : []));
    this.#samples -= count;
    this.#ready.set(lane, new Set([...(this.#ready.get(lane) ?? []), ...needs]));
    if (this.#left.length === 0) this.#emptied.abort();
    return { at, samples: samples.slice(0, count), needs };
  }

  /** In any lane. */
  #isReady(need: string): boolean {
    return [...this.#ready.values()].some((ready) => ready.has(need));
  }

  /** How many of its samples one lane takes: equal parts of the group. */
  #partOf({ samples: { length }, needs }: Part<Sample>): number {
    if (this.#takers === 1) return length;
    const most = Math.ceil(this.#samples / (this.#takers * (needs.size > 0 ? 1 : PARTS_OF_SHARE)));
    const parts = Math.min(Math.round(length / most), Math.floor(length / this.#least));
    return Math.ceil(length / Math.max(1, parts));
  }
}
