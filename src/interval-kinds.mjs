/**
 * Kinds of intervals, and what each is called wherever it is drawn or said (docs/method.md §13): one rule for each kind of number.
 */
export const INTERVAL_KINDS = /** @type {const} */ ({
  /** Of a share of items: yes or no of each. */
  wilson: 'Wilson 95 %',
  /** Of a mean over items of numbers with two ends, such as each item's share of layers. */
  bootstrap: 'bootstrap over items, 95 %, seed 0',
  /** Of a mean over items of numbers that were measured or counted: tokens, attention, nats. */
  student: 'Student’s t over items, 95 %',
  /** Of the difference of two shares of the same items. */
  newcombe: 'Newcombe for pairs, 95 %',
  /** Of shares, and of their difference beside them. */
  shares: 'Wilson 95 %; of the difference Newcombe for pairs, 95 %',
  /** Of shares, and of their means over the layers of a region. */
  pooled: 'Wilson 95 %; of regions bootstrap over items, 95 %, seed 0',
  /** Of a number that random vectors estimate, whatever it is of. */
  estimate: '1.96 standard errors of the estimate, 95 %; of regions standard deviation between layers',
  /** Of a mean over layers of numbers that are computed, not sampled. */
  spread: 'standard deviation between layers, no interval of a mean',
});
