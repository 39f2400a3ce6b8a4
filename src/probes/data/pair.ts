import type { Task } from '../task.ts';

/** Two images and one prompt: what the token swap is run on (docs/method.md §2). */
export interface Pair {
  readonly id: string;
  readonly task: Task;
  readonly prompt: string;
  /** The image asked about. */
  readonly target: Blob;
  /** The image whose keys and values are swapped in. */
  readonly source: Blob;
  /** What the data set says each image's answer is; empty where it says nothing. */
  readonly targetAnswer: string;
  readonly sourceAnswer: string;
  /** Overlap beyond which two boxes are the same place. */
  readonly iouThreshold?: number;
}
