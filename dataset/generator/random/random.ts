import { hashWords } from './content-hash.ts';

/** A stream of random choices. Equal seeds give equal choices in every engine. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
  /** The list in random order. */
  shuffled<T>(list: readonly T[]): T[];
  /** `count` different members, in random order. */
  some<T>(list: readonly T[], count: number): T[];
}

/** The generator of a seed text (sfc32, seeded by `hashWords`). */
export function randomFrom(seed: string): Random {
  let [a, b, c, d] = hashWords(seed);
  const unit = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) unit();

  const whole = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  const pick = <T>(list: readonly T[]): T => {
    const [item] = list.slice(whole(0, list.length - 1));
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  };
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((item) => ({ item, order: unit() }))
      .sort((left, right) => left.order - right.order)
      .map(({ item }) => item);
  return {
    unit,
    whole,
    pick,
    chance: (probability) => unit() < probability,
    shuffled,
    some: (list, count) => shuffled(list).slice(0, count),
  };
}
