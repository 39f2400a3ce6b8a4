/** Reading in the thread that asks: where tests have no workers. The same host, and the same data across. */
import type { SampleChoice } from '../../probes/sampling/choice.ts';
import type { ItemSets } from '../../evaluation/samples/item-sets.ts';
import type { Pair } from '../../probes/data/pair.ts';
import type { Problem } from '../../probes/data/problem.ts';
import type * as client from '../client.ts';
import { ReadingHost } from '../host.ts';
import { factsOf, fromWire } from '../wire.ts';

const nothing = (): void => undefined;

export const openProblemList: typeof client.openProblemList = async (path, files, choice) => {
  const host = new ReadingHost();
  const { count } = factsOf(await host.openProblems(path, files, choice, nothing));
  const at = async (indices: readonly number[]): Promise<Problem[]> =>
    (await host.problemsAt(indices)).map(fromWire<Problem>);
  return { count, at, close: nothing };
};

export const openItems: typeof client.openItems = async (files, choices) => {
  const host = new ReadingHost();
  const counts = factsOf(await host.openItems(files, choices, nothing));
  const drawn = async (choice: SampleChoice): Promise<ItemSets> => {
    const sets = Object.entries(await host.itemsDrawn(choice));
    return Object.fromEntries(sets.map(([set, own]) => [set, own.map(fromWire)])) as unknown as ItemSets;
  };
  return { counts, drawn, close: nothing };
};

export const readPairs: typeof client.readPairs = async (files, options = {}) => {
  const pairs: Pair[] = [];
  const onPart = (part: readonly Pair[]): void => void pairs.push(...part);
  const literalImages = await new ReadingHost().readPairs(files, options, nothing, onPart);
  return { pairs, literalImages };
};
