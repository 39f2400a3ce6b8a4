/** File inputs by which the shell hands files over: the browser reads them from disk, nothing is copied. */
export function fileInput(slot: string): HTMLInputElement {
  const id = `files-${slot}`;
  const found = document.querySelector<HTMLInputElement>(`#${id}`);
  if (found) return found;
  const made = document.createElement('input');
  Object.assign(made, { id, type: 'file', multiple: true });
  document.body.append(made);
  return made;
}

export function filesOf(slot: string): readonly File[] {
  return [...(fileInput(slot).files ?? [])];
}
