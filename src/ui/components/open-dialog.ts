/** Whether a dialog lies over the page: whatever is behind it takes no key and no paste. */
export function isDialogOpen(): boolean {
  return document.querySelector('dialog:modal') !== null;
}
