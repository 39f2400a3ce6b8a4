/** An image's patches: time (1 for a still image), height and width, counted in patches before merging. */
export type ImageGrid = readonly [time: number, height: number, width: number];

/** Tokens the image takes in the prompt: one for each merge × merge patches. */
export function imageTokens([time, height, width]: ImageGrid, spatialMergeSize: number): number {
  return (time * height * width) / spatialMergeSize ** 2;
}
