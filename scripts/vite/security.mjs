import { HEADERS, headersFile, ISOLATION_HEADERS, META_POLICY } from '../headers.mjs';

/** @import {Plugin} from 'vite' */

/**
 * Puts the app's content policy into each built page and emits `_headers` beside them. In development the
 * pages are only cross-origin isolated: hot reloading injects styles, which the policy forbids.
 * @returns {Plugin}
 */
export function security() {
  return {
    name: 'frankenscope:security',
    config: () => ({
      server: { headers: { ...ISOLATION_HEADERS } },
      preview: { headers: { ...HEADERS } },
    }),
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { server }) =>
        server
          ? []
          : [
              {
                tag: 'meta',
                attrs: { 'http-equiv': 'Content-Security-Policy', content: META_POLICY },
                injectTo: 'head-prepend',
              },
            ],
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: headersFile() });
    },
  };
}
