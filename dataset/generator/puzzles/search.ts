import type { Range } from '../level.ts';

/** What can be done in a state, and where it leads. */
export interface Move<State> {
  name: string;
  to: State;
}

/** States looked at before a search is given up. */
const LIMIT = 50_000;

/**
 * A shortest way from `start` to a goal (breadth first; among equals the one whose moves come first). Undefined where
 * there is none within the limit. `key` gives equal states equal texts.
 */
export function shortestWay<State>(
  start: State,
  isGoal: (state: State) => boolean,
  moves: (state: State) => readonly Move<State>[],
  key: (state: State) => string,
): string[] | undefined {
  interface Node {
    state: State;
    from: Node | undefined;
    move: string;
  }
  const seen = new Set([key(start)]);
  const queue: Node[] = [{ state: start, from: undefined, move: '' }];
  // The queue grows while it is walked.
  for (const node of queue) {
    if (isGoal(node.state)) {
      const way: string[] = [];
      for (let at = node; at.from; at = at.from) way.unshift(at.move);
      return way;
    }
    if (seen.size > LIMIT) return undefined;
    for (const { name, to } of moves(node.state)) {
      const id = key(to);
      if (seen.has(id)) continue;
      seen.add(id);
      queue.push({ state: to, from: node, move: name });
    }
  }
  return undefined;
}

/** Whether there is a way, and its length lies in the range. */
export function isWithin(way: readonly string[] | undefined, [least, most]: Range): boolean {
  return way !== undefined && least <= way.length && way.length <= most;
}

/** The rationale of a puzzle that asks for a number of moves: the moves, then their count. */
export function wayRationale(way: readonly string[]): string {
  return `${way.join(', ')}. That makes ${way.length}.`;
}
