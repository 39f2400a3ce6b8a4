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
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** The policy as a page's `<meta>` may carry it. */
export const META_POLICY = format(POLICY);

/** The whole policy: browsers heed `frame-ancestors` in a header only. */
export const CONTENT_SECURITY_POLICY = format({ ...POLICY, 'frame-ancestors': "'none'" });

/**
 * What makes a page cross-origin isolated, which WASM threads need.
 * @type {Readonly<Record<string, string>>}
 */
export const ISOLATION_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Every header the built app is served with.
 * @type {Readonly<Record<string, string>>}
 */
export const HEADERS = {
  ...ISOLATION_HEADERS,
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The `_headers` file that Netlify, Cloudflare Pages and their like read. */
export function headersFile() {
  const lines = Object.entries(HEADERS).map(([name, value]) => `  ${name}: ${value}`);
  return `/*\n${lines.join('\n')}\n`;
}

/** @param {Readonly<Record<string, string>>} policy */
function format(policy) {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');
}
