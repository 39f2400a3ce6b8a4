import { texts } from '../language/texts.ts';

/** Layers of a paper as a chart marks them. */
interface Place {
  /** What charts call the paper: "VFL". */
  readonly paper: string;
  readonly printed: readonly [first: number, last: number];
  /** The same layers here. */
  readonly here: readonly [first: number, last: number];
}

const span = ([first, last]: readonly [number, number]): string =>
  first === last ? String(first) : `${first} to ${last}`;
const named = ({ paper, printed }: Place): string =>
  `${paper} ${printed[0] === printed[1] ? 'layer' : 'layers'} ${span(printed)}`;

export const en = {
  /** Printed layers count from another number than the app's. */
  counted: (place: Place) => `${named(place)}, here ${span(place.here)}`,
  /** … and of another depth. */
  stretched: (place: Place, deep: number, layers: number) =>
    `${named(place)} of ${deep}, stretched to ${span(place.here)} of ${layers}`,
  /** … without where that is here, which its mark says. */
  ofDepth: (place: Place, deep: number) => `${named(place)} of ${deep}`,
};

export const t = texts('published', en);
