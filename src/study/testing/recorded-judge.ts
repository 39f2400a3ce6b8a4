/** Stands in for `fetch` of a judge: its verdict depends on the question alone. */
export function recordedJudge(_url: string, request?: { readonly body?: unknown }): Promise<Response> {
  const body = typeof request?.body === 'string' ? request.body : '';
  const content = body.includes('half.') ? 'CORRECT' : `INCORRECT (${body.length})`;
  const reply = { choices: [{ message: { content }, finish_reason: 'stop' }] };
  return Promise.resolve(new Response(JSON.stringify(reply)));
}
