/** What the buffers of a GPU took at most, beside the estimate for the largest batch that was asked. */
export interface GpuMemory {
  readonly peakBytes: number;
  readonly estimateBytes: number;
  readonly weightBytes: number;
  readonly kvCacheBytes: number;
  readonly activationBytes: number;
  /** Of the batch that is estimated. */
  readonly rows: number;
  readonly tokens: number;
}
