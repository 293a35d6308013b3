import type { PlaceEdge, PlaceNode } from './explore.ts';

/** Nodes that can reach each other, in the order in which a run can meet them. */
export type Component = readonly PlaceNode[];

/** Which nodes and edges count. */
export interface View {
  readonly nodes: readonly PlaceNode[];
  readonly keeps: (from: PlaceNode, edge: PlaceEdge) => boolean;
}

/** Edges of a view. */
const edgesOf = (view: View, inside: ReadonlySet<PlaceNode>, node: PlaceNode): readonly PlaceEdge[] =>
  node.edges.filter((edge) => inside.has(edge.to) && view.keeps(node, edge));

/** Strongly connected components, each after all that it leads to (Tarjan, without recursion). */
export const componentsOf = (view: View): readonly Component[] => {
  const inside = new Set(view.nodes);
  const order = new Map<PlaceNode, number>();
  const low = new Map<PlaceNode, number>();
  const stack: PlaceNode[] = [];
  const onStack = new Set<PlaceNode>();
  const components: Component[] = [];
  const lower = (node: PlaceNode, value: number): void => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };
  for (const root of view.nodes) {
    if (order.has(root)) continue;
    const work: { readonly node: PlaceNode; readonly edges: readonly PlaceEdge[]; at: number }[] = [];
    const open = (node: PlaceNode): void => {
      order.set(node, order.size);
      lower(node, order.size - 1);
      stack.push(node);
      onStack.add(node);
      work.push({ node, edges: edgesOf(view, inside, node), at: 0 });
    };
    open(root);
    for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
      const edge = top.edges[top.at];
      if (edge !== undefined) {
        top.at += 1;
        if (!order.has(edge.to)) open(edge.to);
        else if (onStack.has(edge.to)) lower(top.node, order.get(edge.to) ?? 0);
        continue;
      }
      work.pop();
      const below = work.at(-1);
      if (below !== undefined) lower(below.node, low.get(top.node) ?? 0);
      if (low.get(top.node) !== order.get(top.node)) continue;
      const component: PlaceNode[] = [];
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member);
        component.push(member);
        if (member === top.node) break;
      }
      components.push(component);
    }
  }
  return components;
};

/** Whether a run can stay inside: several nodes, or one that leads to itself. */
export const isLoop = (view: View, component: Component): boolean => {
  const [only] = component;
  if (component.length > 1 || only === undefined) return component.length > 1;
  return only.edges.some((edge) => edge.to === only && view.keeps(only, edge));
};

/** A count that ends a loop: steps that need it below a limit, and steps that raise it. */
export interface LoopCount {
  readonly path: string;
  /** The count is smaller than this wherever a guarded step is taken. */
  readonly below: number;
  readonly isGuarded: (edge: PlaceEdge) => boolean;
  readonly raises: (edge: PlaceEdge) => boolean;
}

const changes = (edge: PlaceEdge, path: string): boolean =>
  edge.counts.resets.some((name) => path === name || path.startsWith(`${name}.`));

/** Counts that bound steps of a loop, are raised in it and never set back in it. */
export const loopCounts = (view: View, component: Component): readonly LoopCount[] => {
  const inside = new Set(component);
  const edges = component.flatMap((node) => edgesOf(view, inside, node));
  const paths = new Set(edges.flatMap(({ counts }) => counts.bounds.map(({ path }) => path)));
  return [...paths].flatMap((path) => {
    const raises = (edge: PlaceEdge): boolean => edge.counts.increments.includes(path);
    if (edges.some((edge) => changes(edge, path)) || !edges.some(raises)) return [];
    const isGuarded = (edge: PlaceEdge): boolean => edge.counts.bounds.some((bound) => bound.path === path);
    const limits = edges.flatMap(({ counts }) => counts.bounds.filter((bound) => bound.path === path));
    return [{ path, below: Math.max(...limits.map(({ below }) => below)), isGuarded, raises }];
  });
};

/** What is left of a loop without the steps that a count rules out. */
const without = (view: View, component: Component, drops: (edge: PlaceEdge) => boolean): View => ({
  nodes: component,
  keeps: (from, edge) => view.keeps(from, edge) && !drops(edge),
});

/** Cost of one visit of a node. */
export type Cost = (node: PlaceNode) => number;

/** What a loop costs: `pass` for each value of its count that is left, and `last` once. */
interface LoopCost {
  readonly path: string | undefined;
  readonly passes: number;
  readonly pass: number;
  readonly last: number;
}

const once = (cost: number): LoopCost => ({ path: undefined, passes: 0, pass: 0, last: cost });

/** A count that has been paid for on the way: it goes on where it stands, whichever loop raises it next. */
type Paid = Pick<LoopCost, 'path' | 'pass'> | undefined;

/** Where a path begins and ends; anywhere by default. A cost may be negative, so it matters. */
interface Ends {
  readonly starts: ReadonlySet<PlaceNode>;
  readonly ends: ReadonlySet<PlaceNode>;
}

/**
 * The most that a path through a view can cost, every loop run to its bound; infinite where a loop has none.
 *
 * A loop with a count: between two steps that raise it a path stays in the loop without those steps, and it raises the
 * count at most once for each value below the limit, and once more before a guarded step would be needed. Loops one
 * after the other that have a count in common split its values, unless something between them sets it back.
 */
export const costliestPath = (
  view: View,
  costOf: Cost,
  onUnbounded: (component: Component) => void,
  between?: Ends,
): number => {
  const components = componentsOf(view);
  const inside = new Set(view.nodes);
  const home = new Map(components.flatMap((component) => component.map((node) => [node, component] as const)));
  const costs = new Map(
    components.map((component) => [
      component,
      isLoop(view, component)
        ? costliestLoop(view, component, costOf, onUnbounded)
        : once(component.reduce((sum, node) => sum + costOf(node), 0)),
    ]),
  );
  const known = new Map<Component, Map<string, number>>(components.map((component) => [component, new Map()]));
  const from = (component: Component, paid: Paid): number => {
    const key = `${paid?.path} ${paid?.pass}`;
    const found = known.get(component)?.get(key);
    if (found !== undefined) return found;
    const { path, passes, pass, last } = costs.get(component) ?? once(0);
    const shared = path !== undefined && paid?.path === path;
    const own = last + passes * Math.max(0, pass - (shared ? paid.pass : 0));
    const next: Paid = path === undefined ? paid : { path, pass: shared ? Math.max(pass, paid.pass) : pass };
    const mayEnd = between === undefined || component.some((node) => between.ends.has(node));
    let ahead = mayEnd ? 0 : Number.NEGATIVE_INFINITY;
    for (const edge of component.flatMap((node) => edgesOf(view, inside, node))) {
      const to = home.get(edge.to);
      if (to === undefined || to === component) continue;
      const isReset = next?.path !== undefined && changes(edge, next.path);
      ahead = Math.max(ahead, from(to, isReset ? undefined : next));
    }
    known.get(component)?.set(key, own + ahead);
    return own + ahead;
  };
  const first = components.filter(
    (component) => between === undefined || component.some((node) => between.starts.has(node)),
  );
  return Math.max(0, ...first.map((component) => from(component, undefined)));
};

/** From behind a step that raises the count to the next one. */
const endsOf = (component: Component, raises: (edge: PlaceEdge) => boolean): Ends => ({
  starts: new Set(component.flatMap((node) => node.edges.filter(raises).map(({ to }) => to))),
  ends: new Set(component.filter((node) => node.edges.some(raises))),
});

const costliestLoop = (
  view: View,
  component: Component,
  costOf: Cost,
  onUnbounded: (component: Component) => void,
): LoopCost => {
  const counts = loopCounts(view, component);
  let innermost: Component = component;
  for (const { path, below, isGuarded, raises } of counts) {
    let bounded = true;
    const onInner = (inner: Component): void => {
      bounded = false;
      innermost = inner;
    };
    const unraised = without(view, component, raises);
    const first = costliestPath(unraised, costOf, onInner);
    const last = costliestPath(without(view, component, isGuarded), costOf, onInner);
    if (!bounded) continue;
    const pass = costliestPath(unraised, costOf, onInner, endsOf(component, raises));
    return { path, passes: below + 1, pass, last: first + last };
  }
  onUnbounded(innermost);
  return once(Number.POSITIVE_INFINITY);
};
