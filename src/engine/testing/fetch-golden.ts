import type { ReadGolden } from './goldens.ts';

/** Reads goldens from the test server. */
export const fetchGolden: ReadGolden = async (path) => {
  const response = await fetch(`/tools/goldens/data/${path}`);
  // The server answers unknown paths with the page.
  if (!response.ok || response.headers.get('content-type')?.startsWith('text/html')) {
    throw new Error(`no golden file ${path}`);
  }
  return new Uint8Array(await response.arrayBuffer());
};
