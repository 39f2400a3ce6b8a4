import type { IntervalKind } from '../../../statistics/interval-kind.ts';
import type { ChartStatus } from './status.ts';

/** What every chart takes besides its data, and hands on to the shell as it is. */
export interface ChartProps<Pick = never> {
  readonly title: string;
  /** The same in English, whatever language is spoken: by it decks and addresses name the chart. The title unless given. */
  readonly name?: string | undefined;
  /** What is drawn and how it is to be read, in sentences: an export has them, too. */
  readonly description: string;
  /** What one can do here: "Choose a value to see its samples." Said on the page alone. */
  readonly hint?: string;
  /**
   * What was found, in a sentence that the page says of these very numbers and that their intervals carry: the title of an export. Null
   * where there is none: then what is drawn of which models.
   */
  readonly finding?: string | null;
  /** Whether the page says it beside the chart, which leaves it to its exports then. */
  readonly saidBeside?: boolean;
  /** Which models it draws, by their names; all that its page names, unless told otherwise. */
  readonly models?: readonly string[] | undefined;
  /** Where published marks that are drawn were printed. */
  readonly sources?: readonly string[];
  readonly status: ChartStatus;
  /** What its whiskers and bands are; null where there are none. */
  readonly interval?: IntervalKind | null;
  /** What n of a point counts: "pairs", "matrices". */
  readonly unit?: string;
  /** Its numbers are computed from all there is, not from items that were drawn: no point of it rests on few. */
  readonly exact?: boolean;
  /** Asked for the samples behind a place, by a press or Enter. */
  readonly onselect?: ((pick: Pick) => void) | null;
}
