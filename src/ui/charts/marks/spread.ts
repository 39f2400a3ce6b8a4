/** A label that wants to stand at `at` and takes `size` pixels about it. */
interface Wanting {
  readonly at: number;
  readonly size: number;
}

/**
 * Places labels on one line as near to where they want to stand as they can without touching, inside
 * [`low`, `high`]. Neighbours that would touch form a block, placed where its members' wishes balance
 * (pool-adjacent-violators). Returns the places in the order given.
 *
 * Where all together do not fit, they overlap evenly.
 */
export function spread(labels: readonly Wanting[], low: number, high: number): number[] {
  interface Block {
    wish: number;
    size: number;
    members: number[];
  }
  const order = labels.map((_, i) => i).sort((a, b) => (labels[a]?.at ?? 0) - (labels[b]?.at ?? 0));
  const total = labels.reduce((sum, { size }) => sum + size, 0);
  const squeeze = Math.min(1, (high - low) / Math.max(total, 1e-9));
  const sizeOf = (i: number) => (labels[i]?.size ?? 0) * squeeze;
  const start = ({ wish, size }: Block) => Math.min(Math.max(wish, low), high - size);

  const blocks: Block[] = [];
  for (const i of order) {
    const size = sizeOf(i);
    let block: Block = { wish: (labels[i]?.at ?? 0) - size / 2, size, members: [i] };
    for (let before = blocks.at(-1); before && start(before) + before.size > start(block) + 1e-9;) {
      blocks.pop();
      const [n, m] = [before.members.length, block.members.length];
      block = {
        wish: (before.wish * n + (block.wish - before.size) * m) / (n + m),
        size: before.size + block.size,
        members: [...before.members, ...block.members],
      };
      before = blocks.at(-1);
    }
    blocks.push(block);
  }
  const places = labels.map(() => 0);
  for (const block of blocks) {
    let edge = start(block);
    for (const i of block.members) {
      places[i] = edge + sizeOf(i) / 2;
      edge += sizeOf(i);
    }
  }
  return places;
}
