/**
 * What of a template @huggingface/jinja 0.5.11 is known to render otherwise than jinja2 3.1.6. Found by rendering the snippets of
 * tools/goldens/chat_templates in both; docs/chat-templates.md lists them. What raises an error here needs no entry.
 */
import type { Call, Node } from './node.ts';
import { callOf, nameOf, nodeOf, nodesOf, walk } from './node.ts';
import { namesKeptBetweenTurns, namesOfCallers } from './scopes.ts';

/** Constructs in words, each once: "break", "the filter title", "a list, printed". */
export function differences(program: Node): readonly string[] {
  const found = new Set<string>();
  for (const node of walk(program)) {
    for (const one of [
      ...scopeDifferences(node, program),
      ...callDifferences(node),
      ...valueDifferences(node),
    ])
      found.add(one);
  }
  for (const one of printed(program)) found.add(one);
  return [...found];
}

function scopeDifferences(node: Node, program: Node): readonly string[] {
  if (node.type === 'Break' || node.type === 'Continue') {
    return [`${node.type.toLowerCase()} (what that turn of the loop has written is lost)`];
  }
  if (node.type === 'For') {
    return namesKeptBetweenTurns(node).map((name) => `set ${name} in a loop (the next turn sees it)`);
  }
  if (node.type !== 'Macro') return [];
  return namesOfCallers(node, program).map(
    (name) => `the macro ${nameOf(nodeOf(node, 'name')) ?? ''} reading ${name}`,
  );
}

/** Filters and methods whose results differ, with which arguments; those of unknown name raise an error. */
const CALLS: readonly (readonly [Call['kind'], RegExp, (args: readonly Node[]) => boolean])[] = [
  ['filter', /^(title|sort|dictsort|int|float)$/, () => true],
  ['filter', /^tojson$/, (args) => args.some((arg) => keywordOf(arg) !== 'indent')],
  ['method', /^title$/, () => true],
  ['method', /^(startswith|endswith)$/, (args) => args.length > 1],
];

function callDifferences(node: Node): readonly string[] {
  const call = callOf(node);
  if (!call) return [];
  const known = CALLS.some(
    ([kind, name, differ]) => kind === call.kind && name.test(call.name) && differ(call.args),
  );
  const how =
    call.args.length > 0 && !/^(title|sort|dictsort)$/.test(call.name) ? ' with these arguments' : '';
  return known ? [`the ${call.kind} ${call.name}${how}`] : [];
}

function valueDifferences(node: Node): readonly string[] {
  if (node.type === 'StringLiteral' && /\n[ \t]*\{[%#]/.test(String(node['value']))) {
    return ['a text that holds a tag at the start of a line'];
  }
  if (node.type === 'MemberExpression' && node['computed'] !== true) {
    return nameOf(nodeOf(node, 'property')) === 'length' ? ['the attribute length'] : [];
  }
  if (node.type !== 'BinaryExpression') return [];
  const sides = [nodeOf(node, 'left'), nodeOf(node, 'right')];
  const operator = operatorOf(node);
  if (/^(==|!=)$/.test(operator)) {
    const kinds = sides.map((side) => literalKind(side));
    if (kinds.includes('list')) return ['a comparison of lists'];
    if (kinds.includes('number') && kinds.includes('text')) return ['a comparison of a number with a text'];
  }
  const negative =
    sides.some((side) => side?.type === 'UnaryExpression' && operatorOf(side) === '-') ||
    sides.some(isNegative);
  return /^(%|\/\/)$/.test(operator) && negative ? [`${operator} of a negative number`] : [];
}

function isNegative(node: Node | undefined): boolean {
  const value = node?.['value'];
  return typeof value === 'number' && (value < 0 || Object.is(value, -0));
}

function literalKind(node: Node | undefined): 'list' | 'number' | 'text' | undefined {
  if (/^(Array|Tuple|Object)Literal$/.test(node?.type ?? '')) return 'list';
  if (/^(Integer|Float)Literal$/.test(node?.type ?? '')) return 'number';
  return node?.type === 'StringLiteral' ? 'text' : undefined;
}

/** Values that become text in another way: what `{{ }}`, `~` and join write. */
function* printed(program: Node): Generator<string> {
  for (const node of walk(program)) {
    const written = [...statementsOf(node).filter(isExpression), ...joined(node)];
    for (const kind of written.flatMap(kindsOf)) yield `${kind}, printed`;
  }
}

function statementsOf(node: Node): readonly Node[] {
  const blocks = ['body', 'alternate', 'defaultBlock'].flatMap((field) => nodesOf(node, field));
  return node.type === 'Ternary' ? [] : blocks;
}

const STATEMENTS: ReadonlySet<string> = new Set(
  'If For Set Macro Break Continue Comment FilterStatement CallStatement Program'.split(' '),
);

function isExpression(node: Node): boolean {
  return !STATEMENTS.has(node.type);
}

function joined(node: Node): readonly Node[] {
  if (node.type === 'BinaryExpression' && operatorOf(node) === '~') {
    return [nodeOf(node, 'left'), nodeOf(node, 'right')].filter((side) => side !== undefined);
  }
  const operand = nodeOf(node, 'operand');
  return callOf(node)?.name === 'join' && operand?.type === 'ArrayLiteral' ? nodesOf(operand, 'value') : [];
}

const LISTS =
  /^(list|sort|map|select|selectattr|reject|rejectattr|unique|items|dictsort|keys|values|split|range)$/;
const TRUTHS = /^(startswith|endswith)$/;
const LOOP = /^(first|last)$/;

/** What a printed expression surely is; nothing where it is, or may be, a text or a number. */
function kindsOf(node: Node): readonly string[] {
  const name = nameOf(node);
  if (name !== undefined) {
    if (/^(true|false|True|False)$/.test(name)) return ['a truth value'];
    if (/^(none|None)$/.test(name)) return ['none'];
    return /^(varargs|kwargs|loop)$/.test(name) ? ['a list or dict'] : [];
  }
  if (/^(Array|Tuple|Object)Literal$/.test(node.type)) return ['a list or dict'];
  if (node.type === 'TestExpression') return ['a truth value'];
  if (node.type === 'UnaryExpression') return operatorOf(node) === 'not' ? ['a truth value'] : [];
  if (node.type === 'Ternary') return ['trueExpr', 'falseExpr'].flatMap((side) => kindsOfField(node, side));
  if (node.type === 'SelectExpression') return kindsOfField(node, 'lhs');
  if (node.type === 'BinaryExpression') {
    if (/^(and|or)$/.test(operatorOf(node)))
      return ['left', 'right'].flatMap((side) => kindsOfField(node, side));
    return /^(==|!=|<|>|<=|>=|in|not in)$/.test(operatorOf(node)) ? ['a truth value'] : [];
  }
  if (node.type === 'MemberExpression') return kindsOfMember(node);
  const call = callOf(node);
  if (call && LISTS.test(call.name)) return ['a list or dict'];
  return call && TRUTHS.test(call.name) ? ['a truth value'] : [];
}

/** A slice is what it is a slice of; `loop.first` and `loop.last` are truth values. */
function kindsOfMember(node: Node): readonly string[] {
  const [object, property] = [nodeOf(node, 'object'), nodeOf(node, 'property')];
  if (property?.type === 'SliceExpression') return object ? kindsOf(object) : [];
  const ofLoop = nameOf(object) === 'loop' && node['computed'] !== true;
  return ofLoop && LOOP.test(nameOf(property) ?? '') ? ['a truth value'] : [];
}

function kindsOfField(node: Node, field: string): readonly string[] {
  const value = nodeOf(node, field);
  return value ? kindsOf(value) : [];
}

function keywordOf(arg: Node): string | undefined {
  return arg.type === 'KeywordArgumentExpression' ? nameOf(nodeOf(arg, 'key')) : undefined;
}

function operatorOf(node: Node): string {
  const operator = node['operator'] as { value?: unknown } | undefined;
  return String(operator?.value ?? '');
}
