import { chosenSamples, type SampleChoice } from '../../probes/sampling/choice.ts';
import type { ItemSets } from './item-sets.ts';

/** The chosen samples of each set. */
export function drawSets(sets: ItemSets, choice: SampleChoice): ItemSets {
  return {
    general: chosenSamples(sets.general, choice),
    mathTargeted: chosenSamples(sets.mathTargeted, choice),
    textOnly: chosenSamples(sets.textOnly, choice),
    puzzles: chosenSamples(sets.puzzles, choice),
  };
}
