import { writeCommitted } from './committed.ts';
import { readOrder } from './flags.ts';
import { writeStream } from './stream.ts';

/**
 * The command: without `--task` it writes the committed sets (to `home`, unless `--out` says otherwise), with it a
 * stream.
 * @throws NamedError BadFlag
 */
export async function main(args: readonly string[], home: string): Promise<void> {
  const order = readOrder(args);
  if (order.kind === 'committed') await writeCommitted(order.out ?? home);
  else await writeStream(order);
}
