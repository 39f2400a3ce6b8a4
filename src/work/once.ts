/** Any map of promises. */
interface Known<Key, Value> {
  get(key: Key): Promise<Value> | undefined;
  set(key: Key, value: Promise<Value>): unknown;
  delete(key: Key): unknown;
}

/** What `fetch` resolves to, asked once for each key; asked again after a failure. */
export function once<Key, Value>(
  known: Known<Key, Value>,
  key: Key,
  fetch: () => Promise<Value>,
): Promise<Value> {
  const before = known.get(key);
  if (before) return before;
  const fetching = fetch();
  known.set(key, fetching);
  fetching.catch(() => known.delete(key));
  return fetching;
}
