/** Of a sweep: answers at once, where a limit was set. */
export function rowsPerBatch(rows: number | null): { readonly rowsPerBatch?: number } {
  return rows === null ? {} : { rowsPerBatch: rows };
}
