import { ensureBuild } from '../scripts/build.mjs';
import { DIST } from '../scripts/paths.mjs';
import { serve } from '../scripts/static-server.mjs';

/** Serves the built app for all tests; they find it at `baseURL`. Returns what closes it. */
export default async function serveBuiltApp(): Promise<() => Promise<void>> {
  ensureBuild();
  const { url, close } = await serve(DIST);
  process.env.FRANKENSCOPE_URL = url;
  return close;
}
