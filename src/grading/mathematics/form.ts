import type { Expression } from './expression.ts';
import type { Quantity } from './quantity.ts';

/** What kind of thing an answer is, with its parts. */
export type AnswerForm =
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  /** (1, 2), [1, 2): a point, a tuple or an interval, which are written alike. */
  | {
      readonly kind: 'tuple';
      readonly open: string;
      readonly close: string;
      readonly items: readonly AnswerForm[];
    }
  /** {1, 2}: in any order. `bare` is a list without brackets. */
  | { readonly kind: 'set'; readonly bare: boolean; readonly items: readonly AnswerForm[] }
  | { readonly kind: 'union'; readonly items: readonly AnswerForm[] }
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly AnswerForm[])[] }
  | ({ readonly kind: 'equation' } & Sides)
  /** x = 5, f(x) = x², AB = 7, ∠B = 65°, a + b = 42: says what something is. `sides` where it can be read as an equation. */
  | {
      readonly kind: 'named';
      readonly name: string;
      /** The name is a sum of others: whoever is asked for a + b may say so, but 42 does not say a + b = 42. */
      readonly compound: boolean;
      readonly value: AnswerForm;
      readonly sides?: Sides;
    }
  /** Minutes after twelve as on a clock's face, 0 to 719, and the half of the day where it is told. */
  | { readonly kind: 'time'; readonly minutes: number; readonly half?: 'am' | 'pm' };

/** What an equation says to be equal. */
export interface Sides {
  readonly left: Expression;
  readonly right: Expression;
}
