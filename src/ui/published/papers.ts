/** Numbers that papers printed, as `public/published/papers.json` has them. Shares are 0 … 1. */
export interface Papers {
  readonly papers: Readonly<Record<PaperId, Paper>>;
  /** Accuracy of block merges of three recipes, in the order of `variants`; n samples a cell. */
  readonly merging: Printed & {
    readonly n: number;
    readonly variants: readonly string[];
    readonly recipes: Readonly<Record<string, Readonly<Record<Metric, readonly number[]>>>>;
  };
  /** Accuracy of the runs with a frozen region, in the order of `columns`. */
  readonly freezing: Printed & {
    readonly columns: readonly string[];
    readonly rows: Readonly<Record<string, readonly number[]>>;
  };
  /** Where swapping the visual tokens of one layer changes most answers, layers counted from `firstLayer`. */
  readonly swapPeaks: Printed & {
    readonly layers: number;
    readonly firstLayer: number;
    readonly peaks: readonly { readonly task: string; readonly layer: number; readonly rate: number }[];
    readonly spreads: readonly { readonly task: string; readonly first: number; readonly last: number }[];
  };
  /** Ranges of the relative update norm. */
  readonly energy: Printed & {
    readonly in: readonly [number, number];
    readonly rl: readonly [number, number];
  };
  readonly attentionMass: Printed & { readonly range: readonly [number, number] };
  readonly imageVersusText: Printed & {
    readonly columns: readonly string[];
    readonly rows: Readonly<Record<string, readonly number[]>>;
  };
  readonly rewards: Printed & { readonly values: Readonly<Record<string, number>> };
}

export type PaperId = 'frankenstein' | 'disentangling' | 'visionFunctionLayer';
export type Metric = 'M_vis' | 'M_v2r' | 'M_rea';

export interface Paper {
  readonly id: string;
  /** What charts call it: "VFL". */
  readonly short: string;
  readonly title: string;
  readonly url: string;
}

interface Printed {
  readonly paper: PaperId;
  /** Table or figure. */
  readonly where: string;
  /** What is wrong or uncertain about what is printed. */
  readonly faults?: readonly string[];
}

/** "arXiv:2602.12395v1, Table 2": what stands beside a published number. */
export function citation(papers: Papers, { paper, where }: Printed): string {
  return `${papers.papers[paper].id}, ${where}`;
}

/** "VFL: arXiv:2509.24791, single-layer swap": what a chart says of the name on its marks. */
export function namedCitation(papers: Papers, table: Printed): string {
  return `${papers.papers[table.paper].short}: ${citation(papers, table)}`;
}
