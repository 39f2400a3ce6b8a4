/** A text as names of files and addresses have it: "change-rate-per-layer". Empty where it has no letter of a to z and no digit. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
