/** Width and height of a PNG, from its header chunk. */
export async function pngSize(blob: Blob): Promise<[width: number, height: number]> {
  const view = new DataView(await blob.arrayBuffer());
  return [view.getUint32(16), view.getUint32(20)];
}
