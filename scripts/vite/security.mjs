import { contentPolicy, headersFile, headersFor, ISOLATION_HEADERS, metaPolicy } from '../headers.mjs';

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
      preview: { headers: { ...headersFor('/') } },
    }),
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        const [path = '/'] = (request.url ?? '/').split(/[?#]/);
        response.setHeader('Content-Security-Policy', contentPolicy(path));
        next();
      });
    },
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { server, path }) =>
        server
          ? []
          : [
              {
                tag: 'meta',
                attrs: { 'http-equiv': 'Content-Security-Policy', content: metaPolicy(path) },
                injectTo: 'head-prepend',
              },
            ],
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: headersFile() });
    },
  };
}
