import jsonata from 'jsonata';
import type { AnswerValue } from '../contracts/contract.ts';

/** A node of JSONata's syntax tree; its shape depends on `type`. */
export type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const nodesOf = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);

/** What is known of values: paths of variables (`assessment.verdict`) and the one value that each has here. */
export type Knowledge = ReadonlyMap<string, AnswerValue>;

/** `undefined`: it may be either. */
export type Truth = boolean | undefined;

const trees = new Map<string, Node>();

/** The syntax tree of an expression, without `{%` and `%}`; each source is parsed once. */
export const treeOf = (source: string): Node => {
  const known = trees.get(source);
  if (known !== undefined) return known;
  const tree: unknown = jsonata(source).ast();
  if (!isNode(tree)) throw new TypeError(`JSONata gave no tree for ${source}`);
  trees.set(source, tree);
  return tree;
};

/** `a.b.c` of `$a.b.c`; undefined for everything that is no plain path from a variable. */
export const pathOf = (node: Node): string | undefined => {
  if (node.type === 'variable') return String(node.value);
  if (node.type !== 'path') return undefined;
  const [first, ...rest] = nodesOf(node.steps);
  if (first?.type !== 'variable') return undefined;
  const plain = rest.every((step) => step.type === 'name' && step.predicate === undefined && step.stages === undefined);
  return plain ? [first, ...rest].map((step) => String(step.value)).join('.') : undefined;
};

/** A literal, or the value that a path is known to have; undefined when it may be anything. */
const knownValue = (node: Node, known: Knowledge): { readonly value: unknown } | undefined => {
  if (node.type === 'string' || node.type === 'number' || node.type === 'value') return { value: node.value };
  const path = pathOf(node);
  const value = path === undefined ? undefined : known.get(path);
  return path === undefined || value === undefined ? undefined : { value };
};

const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const and = (left: Truth, right: Truth): Truth => {
  if (left === false || right === false) return false;
  return left === undefined || right === undefined ? undefined : true;
};

const equals = (lhs: Node, rhs: Node, known: Knowledge): Truth => {
  const left = knownValue(lhs, known);
  const right = knownValue(rhs, known);
  return left === undefined || right === undefined ? undefined : left.value === right.value;
};

const isIn = (lhs: Node, rhs: Node, known: Knowledge): Truth => {
  const left = knownValue(lhs, known);
  const members = nodesOf(rhs.expressions).map((member) => knownValue(member, known));
  if (left === undefined || rhs.type !== 'unary' || members.includes(undefined)) return undefined;
  return members.some((member) => member?.value === left.value);
};

/** Whether a condition holds, as far as what is known decides it. */
export const truthOf = (node: Node, known: Knowledge): Truth => {
  const { lhs, rhs } = node;
  if (node.type === 'binary' && isNode(lhs) && isNode(rhs)) {
    switch (node.value) {
      case 'and':
        return and(truthOf(lhs, known), truthOf(rhs, known));
      case 'or':
        return not(and(not(truthOf(lhs, known)), not(truthOf(rhs, known))));
      case '=':
        return equals(lhs, rhs, known);
      case '!=':
        return not(equals(lhs, rhs, known));
      case 'in':
        return isIn(lhs, rhs, known);
      default:
        return undefined;
    }
  }
  if (node.type === 'block') {
    const [only, ...more] = nodesOf(node.expressions);
    return only !== undefined && more.length === 0 ? truthOf(only, known) : undefined;
  }
  const [argument] = nodesOf(node.arguments);
  if (node.type === 'function' && isNode(node.procedure) && node.procedure.value === 'not' && argument !== undefined) {
    return not(truthOf(argument, known));
  }
  const value = knownValue(node, known)?.value;
  return typeof value === 'boolean' ? value : undefined;
};

/** An upper bound that a count must keep: `path < below`. */
export interface CountBound {
  readonly path: string;
  readonly below: number;
}

const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const opposite: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };

const comparison = (operator: string, lhs: Node, rhs: Node, holds: boolean): readonly CountBound[] => {
  const written = lhs.type === 'number' ? flipped[operator] : operator;
  const effective = holds ? written : opposite[written ?? ''];
  const [counted, limit] = lhs.type === 'number' ? [rhs, lhs] : [lhs, rhs];
  const path = pathOf(counted);
  if (path === undefined || typeof limit.value !== 'number') return [];
  if (effective === '<') return [{ path, below: limit.value }];
  return effective === '<=' ? [{ path, below: limit.value + 1 }] : [];
};

/** Bounds that follow when a condition holds, or when it does not. */
export const boundsOf = (node: Node, holds: boolean, known: Knowledge): readonly CountBound[] => {
  const { lhs, rhs } = node;
  if (node.type === 'block') {
    const [only, ...more] = nodesOf(node.expressions);
    return only !== undefined && more.length === 0 ? boundsOf(only, holds, known) : [];
  }
  if (node.type !== 'binary' || !isNode(lhs) || !isNode(rhs)) return [];
  const operator = String(node.value);
  if (operator !== 'and' && operator !== 'or') return comparison(operator, lhs, rhs, holds);
  // Both sides speak when all must hold, or none does; else only a side whose fellow is known to be of no help.
  if ((operator === 'and') === holds) return [...boundsOf(lhs, holds, known), ...boundsOf(rhs, holds, known)];
  const decisive = !holds;
  if (truthOf(lhs, known) === decisive) return boundsOf(rhs, holds, known);
  return truthOf(rhs, known) === decisive ? boundsOf(lhs, holds, known) : [];
};

/** `n` of `$path + n` with a positive whole n; undefined for everything else. */
export const incrementOf = (node: Node, path: string): number | undefined => {
  const { lhs, rhs } = node;
  if (node.type !== 'binary' || node.value !== '+' || !isNode(lhs) || !isNode(rhs)) return undefined;
  const step = rhs.type === 'number' && pathOf(lhs) === path ? rhs.value : undefined;
  return typeof step === 'number' && Number.isInteger(step) && step > 0 ? step : undefined;
};
