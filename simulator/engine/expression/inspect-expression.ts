import jsonata from 'jsonata';

/** What an expression refers to, found in its syntax tree. */
export interface ExpressionFacts {
  /** Names used as `$name`, without those the expression binds itself; `states` and functions included. */
  readonly variables: ReadonlySet<string>;
  /** Member paths below `$states`: `['context', 'Execution', 'Id']`; empty where `$states` is used whole. */
  readonly statesPaths: readonly (readonly string[])[];
  /** What Step Functions forbids at the top level of an expression: `$`, `$$`, a bare field name, `*`, `**`, `%`. */
  readonly contextUses: ReadonlySet<string>;
  /** Functions called by name with their number of arguments. */
  readonly calls: readonly { readonly name: string; readonly argumentCount: number }[];
}

/** The text is not JSONata. */
export class ExpressionSyntaxError extends Error {
  override readonly name = 'ExpressionSyntaxError';
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

const contextNodes: Readonly<Record<string, string>> = { wildcard: '*', descendant: '**', parent: '%' };

class Inspection {
  readonly variables = new Set<string>();
  readonly bound = new Set<string>();
  readonly statesPaths: string[][] = [];
  readonly contextUses = new Set<string>();
  readonly calls: { name: string; argumentCount: number }[] = [];

  /** @param top whether the node is evaluated against the expression's own context, which Step Functions leaves empty */
  visit(node: Node, top: boolean): void {
    switch (node.type) {
      case 'path':
        this.#visitPath(node, top);
        return;
      case 'name':
        if (top) this.contextUses.add(String(node.value));
        break;
      case 'wildcard':
      case 'descendant':
      case 'parent':
        if (top) this.contextUses.add(contextNodes[node.type] ?? node.type);
        break;
      case 'variable':
        this.#visitVariable(node, top);
        break;
      case 'bind':
        if (isNode(node.lhs)) this.bound.add(String(node.lhs.value));
        if (isNode(node.rhs)) this.visit(node.rhs, top);
        break;
      case 'lambda':
        for (const parameter of nodes(node.arguments)) this.bound.add(String(parameter.value));
        if (isNode(node.body)) this.visit(node.body, top);
        break;
      case 'function':
      case 'partial':
        this.#visitCall(node, top);
        break;
      default:
        this.#visitMembers(node, top);
    }
    if (typeof node.focus === 'string') this.bound.add(node.focus);
    if (typeof node.index === 'string') this.bound.add(node.index);
    // Predicates, stages and group-by are evaluated against what the node itself yields.
    for (const inner of [...nodes(node.predicate), ...nodes(node.stages)]) {
      if (inner.type === 'index' && typeof inner.value === 'string') this.bound.add(inner.value);
      if (isNode(inner.expr)) this.visit(inner.expr, false);
    }
    if (isNode(node.group)) this.#visitPairs(node.group.lhs, false);
  }

  #visitPath(node: Node, top: boolean): void {
    const [first, ...rest] = nodes(node.steps);
    if (first === undefined) return;
    if (first.type === 'variable' && first.value === 'states') {
      const members: string[] = [];
      for (const step of rest) {
        if (step.type !== 'name') break;
        members.push(String(step.value));
      }
      this.statesPaths.push(members);
    }
    this.visit(first, top);
    for (const step of rest) this.visit(step, false);
    if (isNode(node.group)) this.#visitPairs(node.group.lhs, false);
  }

  #visitVariable(node: Node, top: boolean): void {
    const name = String(node.value);
    if (name === '' || name === '$') {
      if (top || name === '$') this.contextUses.add(`$${name}`);
    } else this.variables.add(name);
  }

  #visitCall(node: Node, top: boolean): void {
    const procedure = node.procedure;
    const parameters = nodes(node.arguments);
    if (isNode(procedure)) {
      if (procedure.type === 'variable') {
        this.calls.push({ name: String(procedure.value), argumentCount: parameters.length });
      }
      this.visit(procedure, top);
    }
    for (const parameter of parameters) this.visit(parameter, top);
  }

  #visitMembers(node: Node, top: boolean): void {
    for (const [key, member] of Object.entries(node)) {
      if (key === 'predicate' || key === 'stages' || key === 'group') continue;
      if (key === 'lhs' && node.type === 'unary' && node.value === '{') this.#visitPairs(member, top);
      else if (key === 'terms') {
        for (const term of nodes(member)) if (isNode(term.expression)) this.visit(term.expression, false);
      } else if (Array.isArray(member)) {
        for (const inner of nodes(member)) this.visit(inner, top);
      } else if (isNode(member) && 'type' in member) {
        this.visit(member, node.type === 'transform' ? false : top);
      }
    }
  }

  #visitPairs(pairs: unknown, top: boolean): void {
    if (!Array.isArray(pairs)) return;
    for (const pair of pairs) for (const side of nodes(pair)) this.visit(side, top);
  }
}

/** Facts by source: each definition is deployed to every Region of every test bed, and parsing is most of what that costs. */
const known = new Map<string, ExpressionFacts>();

/**
 * Reads what an expression refers to, without evaluating it.
 *
 * @param source JSONata without `{%` and `%}`
 * @throws ExpressionSyntaxError where JSONata 2.0.6 does not parse it
 */
export const inspectExpression = (source: string): ExpressionFacts => {
  const facts = known.get(source) ?? inspect(source);
  known.set(source, facts);
  return facts;
};

const inspect = (source: string): ExpressionFacts => {
  let tree: unknown;
  try {
    tree = jsonata(source).ast();
  } catch (error) {
    const message = isNode(error) ? String(error.message) : String(error);
    const position = isNode(error) && typeof error.position === 'number' ? ` at character ${error.position}` : '';
    throw new ExpressionSyntaxError(`${message}${position}`);
  }
  const inspection = new Inspection();
  if (isNode(tree)) inspection.visit(tree, true);
  return {
    variables: new Set([...inspection.variables].filter((name) => !inspection.bound.has(name))),
    statesPaths: inspection.statesPaths,
    contextUses: inspection.contextUses,
    calls: inspection.calls.filter(({ name }) => !inspection.bound.has(name)),
  };
};
