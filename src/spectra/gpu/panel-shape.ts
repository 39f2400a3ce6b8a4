/** How a panel of a few columns is cut for the tree QR. */
import { NamedError } from '../../named-error.ts';

/** More rows than this keep one workgroup busy while others wait. */
const LARGEST_LEAF = 256;

export interface PanelShape {
  /** Columns of a panel: the block size of the reduction and the width of the band. */
  readonly width: number;
  /** Rows one workgroup factors: a multiple of the width, at least twice it. */
  readonly leaf: number;
  /** Invocations of that workgroup: a multiple of the width, at least twice it. */
  readonly threads: number;
}

/**
 * The largest leaf that fits a workgroup's memory, beside what the sums over columns, three small squares and the vectors
 * of a panel take.
 *
 * @throws NamedError `LimitTooSmall`
 */
export function panelShape(width: number, threads: number, workgroupBytes: number): PanelShape {
  const overhead = 4 * (threads + 3 * width * width + 4 * width);
  const fits = Math.floor((workgroupBytes - overhead) / (4 * width));
  const leaf = width * Math.floor(Math.min(fits, LARGEST_LEAF) / width);
  if (leaf < 2 * width) {
    throw new NamedError(
      'LimitTooSmall',
      `a workgroup has ${workgroupBytes} bytes of memory and needs ${overhead + 8 * width * width}`,
      { field: 'maxComputeWorkgroupStorageSize' },
      'use the CPU',
    );
  }
  return { width, leaf, threads };
}

export interface TreeLevel {
  /** Rows that enter: the panel's, above that `width` for each node below. */
  readonly rows: number;
  /** Workgroups; one at the root. */
  readonly nodes: number;
  /** First row of this level's explicit Q among all levels'. */
  readonly qRow: number;
}

/** From the panel's rows up to one node. */
export function treeLevels(rows: number, { width, leaf }: PanelShape): readonly TreeLevel[] {
  const levels: TreeLevel[] = [];
  let level: TreeLevel = { rows, nodes: Math.ceil(rows / leaf), qRow: 0 };
  for (;;) {
    levels.push(level);
    if (level.nodes === 1) return levels;
    const above = level.nodes * width;
    level = { rows: above, nodes: Math.ceil(above / leaf), qRow: level.qRow + level.rows };
  }
}
