import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureBuild } from './build.mjs';
import { NamedError } from './named-error.mjs';
import { ensurePackages } from './packages.mjs';
import { DIST } from './paths.mjs';
import { serve } from './static-server.mjs';

/** The same every time: what the app keeps in the browser (quantized weights) belongs to its address. */
const USUAL_PORT = 4890;

/**
 * `npm start [-- --port N] [--no-open]`: installs what is missing, builds, serves, and opens the app in the
 * default browser.
 */
try {
  const { port, open } = options();
  ensurePackages();
  ensureBuild();
  const { url } = await serve(DIST, { port: port ?? USUAL_PORT }).catch((error) => {
    if (port !== undefined) throw error;
    return serve(DIST);
  });
  console.log(`Frankenscope is at ${url}\nStop it with Ctrl+C.`);
  if (open) openInBrowser(url);
} catch (error) {
  if (!(error instanceof NamedError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  process.exitCode = error.name === 'UnknownFlag' || error.name === 'BadValue' ? 2 : 1;
}

function options() {
  let values;
  try {
    values = parseArgs({
      options: { port: { type: 'string' }, 'no-open': { type: 'boolean', default: false } },
    }).values;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new NamedError('UnknownFlag', what, '', 'the flags are --port N and --no-open');
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new NamedError('BadValue', `"${values.port}" is not a port`, '--port', 'give a number up to 65535');
  // No screen, nobody to open it for.
  const screen = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return { port, open: !values['no-open'] && !process.env.CI && Boolean(screen) };
}

/**
 * Asks the system to open an address; a machine that cannot is no failure, the address has been printed.
 * @param {string} url
 */
function openInBrowser(url) {
  const [program, ...rest] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', url]
        : ['xdg-open', url];
  if (program === undefined) return;
  const opener = spawn(program, rest, { stdio: 'ignore', detached: true });
  opener.on('error', () => console.log('Open it in Chrome, Edge, Safari or Firefox.'));
  opener.unref();
}
