/** Which weights are held while models take turns on a device that does not hold all of them. */

/** Weights that are held or given back together; `content` is equal where the bytes are. */
export interface Weighed {
  readonly content: string;
  readonly bytes: number;
}

/** What turns of a list of models take. */
export interface Price {
  /** Bytes that are read for the turns, those held before aside. */
  readonly bytesRead: number;
  /** Most bytes of weights held at once. */
  readonly peakBytes: number;
}

/**
 * What has to go before `needed` fits into `room` bytes beside what is held: what is needed farthest in the future, or never
 * again, and of that the latest of the list. Where all needs are of one size, no choice reads fewer bytes over the whole list
 * (Belady, IBM Systems Journal 5, 1966). What is needed stays, also where it alone exceeds the room.
 *
 * @param held bytes by content
 * @param upcoming contents that later turns need, turn by turn
 */
export function toGiveBack(
  held: ReadonlyMap<string, number>,
  needed: readonly Weighed[],
  upcoming: readonly ReadonlySet<string>[],
  room: number,
): readonly string[] {
  const wanted = new Map(needed.map(({ content, bytes }) => [content, bytes]));
  let over = -room;
  for (const bytes of held.values()) over += bytes;
  for (const [content, bytes] of wanted) if (!held.has(content)) over += bytes;
  if (over <= 0) return [];
  const next = (content: string): number => {
    const turn = upcoming.findIndex((contents) => contents.has(content));
    return turn < 0 ? Infinity : turn;
  };
  const others = [...held]
    .map(([content, bytes], place) => ({ content, bytes, place, turn: next(content) }))
    .filter(({ content }) => !wanted.has(content))
    .sort((a, b) => (a.turn === b.turn ? b.place - a.place : b.turn - a.turn));
  const given: string[] = [];
  for (const { content, bytes } of others) {
    if (over <= 0) break;
    over -= bytes;
    given.push(content);
  }
  return given;
}

/** Goes through the turns in the order given. `held` is what is there before the first. */
export function priceOf(
  turns: readonly (readonly Weighed[])[],
  room: number,
  held: ReadonlyMap<string, number> = new Map(),
): Price {
  const now = new Map(held);
  const upcoming = turns.map((needed) => new Set(needed.map(({ content }) => content)));
  let [bytesRead, peakBytes] = [0, 0];
  turns.forEach((needed, turn) => {
    for (const content of toGiveBack(now, needed, upcoming.slice(turn + 1), room)) now.delete(content);
    for (const { content, bytes } of needed) {
      if (now.has(content)) continue;
      now.set(content, bytes);
      bytesRead += bytes;
    }
    let bytes = 0;
    for (const one of now.values()) bytes += one;
    peakBytes = Math.max(peakBytes, bytes);
  });
  return { bytesRead, peakBytes };
}

/**
 * An order of turns that reads few bytes: from the one given, the move of one turn that saves most is made until none saves any.
 *
 * @returns indices into `turns`
 */
export function cheapOrder(
  turns: readonly (readonly Weighed[])[],
  room: number,
  held: ReadonlyMap<string, number> = new Map(),
): readonly number[] {
  const cost = (order: readonly number[]): number =>
    priceOf(
      order.map((turn) => turns[turn] ?? []),
      room,
      held,
    ).bytesRead;
  let best: readonly number[] = turns.map((_, index) => index);
  let least = cost(best);
  for (;;) {
    const before = least;
    for (const moved of moves(best)) {
      const bytes = cost(moved);
      if (bytes < least) [best, least] = [moved, bytes];
    }
    if (least === before) return best;
  }
}

function* moves(order: readonly number[]): Generator<readonly number[]> {
  for (const [from, turn] of order.entries()) {
    const others = order.toSpliced(from, 1);
    for (let to = 0; to < order.length; to += 1) if (to !== from) yield others.toSpliced(to, 0, turn);
  }
}
