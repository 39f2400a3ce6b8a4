import type { LongWork, WorkProgress } from './long-work.ts';

/**
 * Long work as far as an earlier run came: records so far, what is left to do, and `add` for each new record, which is kept and
 * reported before it resolves. Items that share a key share a record.
 *
 * @param progress how the work is reported, in records; left out where it is reported otherwise
 */
export function resume<Item, Record>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { finished, onRecord, onProgress }: LongWork<Record>,
  progress?: Pick<WorkProgress, 'phase' | 'unit'>,
) {
  const keys = new Set(items.map(keyOf));
  const records = new Map<string, Record>();
  for (const key of keys) {
    const known = finished?.get(key);
    if (known !== undefined) records.set(key, known);
  }
  const left = items.filter((item) => !records.has(keyOf(item)));
  const report = (): void => {
    if (progress) onProgress?.({ ...progress, done: records.size, total: keys.size });
  };
  report();
  const add = async (key: string, record: Record): Promise<void> => {
    records.set(key, record);
    await onRecord?.(key, record);
    report();
  };
  return { records, left, add };
}
