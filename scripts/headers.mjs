/**
 * The one place that says what the app's pages may do: our servers send these headers, the build writes them
 * to `_headers` for hosts that read that file and the policy into each page's `<meta>` for hosts that do not.
 */

/** @type {Readonly<Record<string, string>>} */
const POLICY = {
  'default-src': "'none'",
  // onnxruntime-web compiles WASM; nothing evaluates text.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  // Dropped images and exported charts are shown from blob: and data: URLs.
  'img-src': "'self' blob: data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** The pages that may ask other hosts: a judge, or models elsewhere, with the user's own key; checkpoints on a server. */
const CONNECTED_PAGES = ['connected', 'server'];

/** Encrypted, or on the user's own machine. */
const ELSEWHERE = 'https: http://localhost:* http://127.0.0.1:*';

/** The page that others may show in a frame: it has a chart, and nothing that a press could do. */
const FRAMED_PAGE = 'embed';

/** Browsers heed this in a header only. @param {string} path */
const headerOnly = (path) => ({ 'frame-ancestors': nameOf(path) === FRAMED_PAGE ? '*' : "'none'" });

/** @param {string} path of a page */
function nameOf(path) {
  return (
    path
      .split('/')
      .at(-1)
      ?.replace(/\.html$/, '') ?? ''
  );
}

/** @param {string} path of a page */
function policyOf(path) {
  const isConnected = CONNECTED_PAGES.includes(nameOf(path));
  return isConnected ? { ...POLICY, 'connect-src': `'self' ${ELSEWHERE}` } : POLICY;
}

/**
 * The policy as a page's `<meta>` may carry it.
 * @param {string} path
 */
export function metaPolicy(path) {
  return format(policyOf(path));
}

/**
 * The whole policy of a page, or of a script that runs as a worker.
 * @param {string} path
 */
export function contentPolicy(path) {
  return format({ ...policyOf(path), ...headerOnly(path) });
}

/**
 * What makes a page cross-origin isolated, which WASM threads need.
 * @type {Readonly<Record<string, string>>}
 */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** @type {Readonly<Record<string, string>>} */
const EVERYWHERE = {
  ...ISOLATION_HEADERS,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Every header that a file of the built app is served with.
 * @param {string} path
 * @returns {Readonly<Record<string, string>>}
 */
export function headersFor(path) {
  return { ...EVERYWHERE, 'Content-Security-Policy': contentPolicy(path) };
}

/** Pages, with and without the ending that some hosts take off, and whatever may run as a worker. */
const WITH_POLICY = [
  '/',
  ...['index', 'headless', 'bench', FRAMED_PAGE, ...CONNECTED_PAGES].flatMap((name) => [
    `/${name}.html`,
    `/${name}`,
  ]),
  '/service-worker.js',
  '/assets/*',
];

/**
 * The `_headers` file that Netlify, Cloudflare Pages and their like read. Where several rules meet, such hosts send the values of
 * all, and browsers then heed every policy: so each path has one policy, and `/*` has none.
 */
export function headersFile() {
  const rule = (/** @type {string} */ path, /** @type {Readonly<Record<string, string>>} */ headers) =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join('\n');
  const rules = [
    rule('/*', EVERYWHERE),
    ...WITH_POLICY.map((path) => rule(path, { 'Content-Security-Policy': contentPolicy(path) })),
  ];
  return `${rules.join('\n')}\n`;
}

/** @param {Readonly<Record<string, string>>} policy */
function format(policy) {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}
