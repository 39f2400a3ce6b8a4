/** A response with the headers that make a page cross-origin isolated, whether its host sends them or not. */
export function isolated(response: Response): Response {
  // Opaque answers cannot be rebuilt, and redirects must reach the browser as they are.
  if (response.status === 0 || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const { status, statusText } = response;
  // Some statuses allow no body, not even an empty one.
  return new Response(response.body, { status, statusText, headers });
}
