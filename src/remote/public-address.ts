/** Names of address parameters that carry a credential, as services spell them. */
const CREDENTIAL = /key|token|secret|signature|^sig$|auth|pass|^pwd$|credential|bearer|jwt|^code$|session/i;

/**
 * An address as it may be kept and written into results: without user name, password, fragment, and parameters that carry a
 * credential; other parameters (`api-version`) stay. What is no address yet comes back without what stands before an `@`
 * and after a `?`.
 */
export function publicAddress(address: string): string {
  const text = address.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    const end = text.search(/[?#]/);
    const path = end < 0 ? text : text.slice(0, end);
    return path.slice(path.lastIndexOf('@') + 1);
  }
  if (url.username === '' && url.password === '' && url.search === '' && url.hash === '') return text;
  url.username = url.password = url.hash = '';
  for (const name of [...url.searchParams.keys()]) {
    if (CREDENTIAL.test(name)) url.searchParams.delete(name);
  }
  return url.href;
}

/** To whom a key belongs: scheme, host and port of the address; null for what is no address. */
export function originOf(address: string): string | null {
  const origin = URL.canParse(address.trim()) ? new URL(address.trim()).origin : 'null';
  // Of `localhost:8000`, say, whose scheme would be "localhost".
  return origin === 'null' ? null : origin;
}
