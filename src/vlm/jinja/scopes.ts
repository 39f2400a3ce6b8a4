/**
 * Where the library's scopes differ from Python's. There, each turn of a loop starts over, without what the turn before had set;
 * a macro sees the template's own variables, and none of the place that calls it.
 */
import type { Node } from './node.ts';
import { callOf, childrenOf, nameOf, nodeOf, nodesOf, walk } from './node.ts';

/** Names that a loop's body sets in one turn and can read in a later one before they are set again. */
export function namesKeptBetweenTurns(loop: Node): readonly string[] {
  const body = nodesOf(loop, 'body');
  const set = new Set(body.flatMap((node) => [...walk(node)].flatMap(namesSetBy)));
  const early = new Set<string>();
  readBlock(body, new Set(targets(nodeOf(loop, 'loopvar'))), (name, known) => {
    if (set.has(name) && !known.has(name)) early.add(name);
  });
  return [...early];
}

/** Names that a macro reads and that loops or macros elsewhere bind: the library may find the caller's. */
export function namesOfCallers(macro: Node, program: Node): readonly string[] {
  const own = new Set(nodesOf(macro, 'args').flatMap((arg) => parameterOf(arg) ?? []));
  const body = nodesOf(macro, 'body');
  for (const node of body.flatMap((part) => [...walk(part)])) {
    for (const name of [...namesSetBy(node), ...namesBoundBy(node)]) own.add(name);
  }
  const inside = new Set(walk(macro));
  const bound = new Set([...walk(program)].filter((node) => !inside.has(node)).flatMap(namesBoundBy));
  const read = new Set<string>();
  readBlock(body, new Set(own), (name, known) => {
    if (bound.has(name) && !known.has(name)) read.add(name);
  });
  return [...read];
}

function parameterOf(arg: Node): string | undefined {
  return nameOf(arg) ?? nameOf(nodeOf(arg, 'key'));
}

/** What a `set` sets; not what it sets inside a namespace. */
function namesSetBy(node: Node): readonly string[] {
  return node.type === 'Set' ? targets(nodeOf(node, 'assignee')) : [];
}

/** What a loop or macro binds, and what is set in a loop's body. */
function namesBoundBy(node: Node): readonly string[] {
  if (node.type === 'Macro') return nodesOf(node, 'args').flatMap((arg) => parameterOf(arg) ?? []);
  if (node.type !== 'For') return [];
  const set = nodesOf(node, 'body').flatMap((part) => [...walk(part)].flatMap(namesSetBy));
  return [...targets(nodeOf(node, 'loopvar')), ...set];
}

function targets(node: Node | undefined): readonly string[] {
  const name = nameOf(node);
  if (name !== undefined) return [name];
  const parts = node?.type === 'TupleLiteral' ? node['value'] : [];
  return Array.isArray(parts) ? (parts as Node[]).flatMap((part) => nameOf(part) ?? []) : [];
}

type Read = (name: string, known: ReadonlySet<string>) => void;

/** Walks a block in the order of its execution, with the names that are surely set; adds to them what it surely sets. */
function readBlock(block: readonly Node[], known: Set<string>, read: Read): void {
  for (const node of block) readStatement(node, known, read);
}

function readStatement(node: Node, known: Set<string>, read: Read): void {
  if (node.type === 'Set') {
    const value = nodeOf(node, 'value');
    if (value) readExpression(value, known, read);
    readBlock(nodesOf(node, 'body'), new Set(known), read);
    for (const name of namesSetBy(node)) known.add(name);
  } else if (node.type === 'If') {
    const test = nodeOf(node, 'test');
    if (test) readExpression(test, known, read);
    const branches = [nodesOf(node, 'body'), nodesOf(node, 'alternate')].map((branch) => {
      const names = new Set(known);
      readBlock(branch, names, read);
      return names;
    });
    for (const name of branches[0] ?? []) if (branches[1]?.has(name)) known.add(name);
  } else if (node.type === 'For') {
    const iterable = nodeOf(node, 'iterable');
    if (iterable) readExpression(iterable, known, read);
    readBlock(nodesOf(node, 'body'), new Set([...known, ...targets(nodeOf(node, 'loopvar'))]), read);
    readBlock(nodesOf(node, 'defaultBlock'), new Set(known), read);
  } else if (node.type === 'Macro') {
    const own = nodesOf(node, 'args').flatMap((arg) => parameterOf(arg) ?? []);
    readBlock(nodesOf(node, 'body'), new Set([...known, ...own]), read);
  } else if (node.type === 'FilterStatement' || node.type === 'CallStatement') {
    readBlock(nodesOf(node, 'body'), new Set(known), read);
  } else {
    readExpression(node, known, read);
  }
}

function readExpression(node: Node, known: ReadonlySet<string>, read: Read): void {
  const name = nameOf(node);
  if (name !== undefined) return read(name, known);
  const unread = notVariables(node);
  for (const child of childrenOf(node)) if (!unread.includes(child)) readExpression(child, known, read);
}

/** The identifiers of a node that are no variables: attributes, filters, tests, keywords. */
function notVariables(node: Node): readonly (Node | undefined)[] {
  if (node.type === 'MemberExpression') return node['computed'] === true ? [] : [nodeOf(node, 'property')];
  if (node.type === 'TestExpression') return [nodeOf(node, 'test')];
  if (node.type === 'KeywordArgumentExpression') return [nodeOf(node, 'key')];
  if (node.type !== 'FilterExpression') return [];
  const filter = nodeOf(node, 'filter');
  return callOf(node)?.args.length ? [filter && nodeOf(filter, 'callee')] : [filter];
}
