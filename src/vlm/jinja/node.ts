/** A parsed template's nodes, as @huggingface/jinja builds them: plain objects with a type. */
export interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

/** A field that holds a node. */
export function nodeOf(node: Node, field: string): Node | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** A field that holds nodes. */
export function nodesOf(node: Node, field: string): readonly Node[] {
  const value = node[field];
  return Array.isArray(value) ? (value as unknown[]).filter(isNode) : [];
}

/** The name of an identifier; undefined for other nodes. */
export function nameOf(node: Node | undefined): string | undefined {
  return node?.type === 'Identifier' && typeof node['value'] === 'string' ? node['value'] : undefined;
}

/** The nodes right below one, in the order of their source. */
export function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value) => {
    if (isNode(value)) return [value];
    if (value instanceof Map) return [...(value as Map<unknown, unknown>)].flat().filter(isNode);
    return Array.isArray(value) ? (value as unknown[]).filter(isNode) : [];
  });
}

/** A node and everything below it. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** What is called and with what: `NAME(…)`, `x.NAME(…)` or `x | NAME(…)`, the last with or without parentheses. */
export interface Call {
  readonly kind: 'function' | 'method' | 'filter';
  readonly name: string;
  readonly args: readonly Node[];
}

export function callOf(node: Node): Call | undefined {
  if (node.type === 'FilterExpression' || node.type === 'FilterStatement') {
    const filter = nodeOf(node, 'filter');
    const called = filter?.type === 'CallExpression' ? nodeOf(filter, 'callee') : filter;
    const args = filter?.type === 'CallExpression' ? nodesOf(filter, 'args') : [];
    return { kind: 'filter', name: nameOf(called) ?? '', args };
  }
  if (node.type !== 'CallExpression') return undefined;
  const [callee, args] = [nodeOf(node, 'callee'), nodesOf(node, 'args')];
  if (callee?.type === 'MemberExpression' && callee['computed'] !== true) {
    return { kind: 'method', name: nameOf(nodeOf(callee, 'property')) ?? '', args };
  }
  return { kind: 'function', name: nameOf(callee) ?? '', args };
}
