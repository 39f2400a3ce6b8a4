import { getContext, setContext } from 'svelte';
import type { DataTable } from '../figure/data-table.ts';
import type { FigureFacts } from './figure-facts.ts';

/** A chart that has numbers, as a page takes it that shows it elsewhere. */
export interface DrawnChart {
  /** Null where the page says nothing of its numbers yet. */
  facts(date: Date): FigureFacts | null;
  /** What is said of it besides: how far it is. */
  told(): string;
  /** As it is read on the page. */
  table(): DataTable;
  /** As it is drawn now; null before it is. */
  svg(): SVGSVGElement | null;
}

const KEY = Symbol('drawn charts');

/** Collects the charts below, in their order: each is in the set for as long as it is there. */
export function collectCharts(charts: Set<DrawnChart>): void {
  setContext(KEY, charts);
}

/** Where charts are collected; undefined where nobody does. */
export function getCollected(): Set<DrawnChart> | undefined {
  return getContext<Set<DrawnChart> | undefined>(KEY);
}
