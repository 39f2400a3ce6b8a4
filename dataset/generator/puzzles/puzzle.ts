import type { Drawing } from '../drawing/drawing.ts';
import type { Draft, DraftOptions, Json } from '../item.ts';
import type { Random } from '../random/random.ts';
import { repeat } from '../random/repeat.ts';
import { mentions } from '../language/phrases.ts';

/** In-domain families are trained on; out-of-domain ones are only ever asked. */
export type Domain = 'in-domain' | 'out-of-domain';

/**
 * A family of puzzles. The state is plain JSON: everything the picture and the question are made of, so that a puzzle
 * read from a file can be drawn, put into words and verified again.
 */
export interface PuzzleFamily<State extends Json> {
  name: string;
  domain: Domain;
  /** Undefined where the draw has no solution, or too long a one. */
  draw(random: Random, level: number): State | undefined;
  /** From 1. */
  levels: number;
  picture(state: State, options: DraftOptions, random: Random): Drawing;
  /** What the picture shows: the same for states that differ only in what is asked. */
  content(state: State): string;
  question(state: State): string;
  /** The state in words, by rule: complete, and without the answer. */
  describe(state: State): string;
  /** Undefined where the state has no solution. */
  solve(state: State): Solution | undefined;
}

export interface Solution {
  answer: string;
  /** The moves, or the steps of the reasoning, one a part. */
  steps: readonly string[];
  rationale: string;
}

/** A family whose state type is known to itself alone. */
export interface Puzzles {
  name: string;
  domain: Domain;
  levels: number;
  draft(random: Random, options: DraftOptions): Draft | undefined;
  /** Whether the answer solves the state; compares after trimming, and numbers as numbers. Throws where `state` is not one of this family. */
  verify(state: Json, answer: string): boolean;
}

/** Draws at one level, so that hard levels do not become rare because they often fail. */
const TRIES = 100;

/** Closes a family over its state type. `isState` guards what comes from files. */
export function puzzles<State extends Json>(
  family: PuzzleFamily<State>,
  isState: (state: Json) => state is State,
): Puzzles {
  const { name, domain, levels } = family;
  return {
    name,
    domain,
    levels,
    draft(random, options) {
      const level = random.whole(1, levels);
      return repeat(TRIES, () => {
        const state = family.draw(random, level);
        const solution = state && family.solve(state);
        if (state === undefined || solution === undefined) return undefined;
        const description = family.describe(state);
        if (mentions(description, solution.answer)) return undefined;
        return {
          content: family.content(state),
          drawing: family.picture(state, options, random),
          prompt: family.question(state),
          answer: solution.answer,
          description,
          rationale: solution.rationale,
          level,
          questionType: 'puzzle',
          meta: { category: name, domain, state, solution: solution.steps },
        };
      });
    },
    verify(state, answer) {
      if (!isState(state)) throw new TypeError(`not a state of ${name}`);
      return sameAnswer(family.solve(state)?.answer, answer);
    },
  };
}

function sameAnswer(right: string | undefined, given: string): boolean {
  if (right === undefined) return false;
  const [a, b] = [right.trim().toLowerCase(), given.trim().toLowerCase()];
  return a === b || (/^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) === Number(b));
}
