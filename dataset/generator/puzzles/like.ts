import type { Json } from '../item.ts';

/** A guard that takes what is built like the example: the same fields, and in lists the kind of their first member. */
export function like<State extends Json>(example: State): (state: Json) => state is State {
  return (state): state is State => resembles(state, example);
}

function resembles(state: Json | undefined, example: Json): boolean {
  if (isList(example)) {
    const [first] = example;
    return isList(state) && state.every((member) => first === undefined || resembles(member, first));
  }
  if (typeof example === 'object' && example !== null) {
    if (typeof state !== 'object' || state === null || isList(state)) return false;
    return Object.entries(example).every(([field, value]) => resembles(state[field], value));
  }
  return typeof state === typeof example;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
