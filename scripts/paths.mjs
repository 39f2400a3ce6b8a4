import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where `npm run build` leaves the static app. */
export const DIST = join(ROOT, 'dist');

/** The public faces of what is also packed by itself (`npm run pack`). */
export const PACKAGES = join(ROOT, 'packages');
