import type { Flow, FlowState } from './flow.ts';

/** Part of a budget, for the arithmetic that people read. */
export interface BudgetItem {
  readonly what: string;
  readonly seconds: number;
}

/** A loop whose time is bounded by a setting and not by a count of polls. */
export interface Deadline {
  /** Its Wait state. */
  readonly state: string;
  readonly seconds: number;
  readonly what: string;
}

/** A definition has a loop, or a state, whose time cannot be computed. */
export class UnboundedTimeError extends Error {
  override readonly name = 'UnboundedTimeError';
}

/**
 * Time of one call of a function, in seconds: a handful of requests of some hundred milliseconds each, and a cold start
 * below one second. Functions that take longer are ended by their time-outs and tried again, which the back-offs hold.
 */
const callSeconds = 2;

/** States from which the milestone can be reached without passing it. */
const leadingTo = (flow: Flow, milestone: string): ReadonlySet<string> => {
  const leading = new Set([milestone]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [name, { next }] of flow.states) {
      if (leading.has(name) || !next.some((each) => leading.has(each))) continue;
      leading.add(name);
      grown = true;
    }
  }
  return leading;
};

const reachable = (flow: Flow, from: string, within: ReadonlySet<string>, milestone: string): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name) || !within.has(name)) return;
    found.add(name);
    if (name !== milestone) for (const next of flow.states.get(name)?.next ?? []) visit(next);
  };
  visit(from);
  return found;
};

/** States that each can reach the other: a loop, or a single state. */
const loopsIn = (flow: Flow, states: ReadonlySet<string>, milestone: string): readonly (readonly string[])[] => {
  const reach = new Map([...states].map((name) => [name, behind(flow, name, states, milestone)]));
  const placed = new Set<string>();
  return [...states].flatMap((name) => {
    if (placed.has(name)) return [];
    const together = [...states].filter(
      (other) => other === name || (reach.get(name)?.has(other) && reach.get(other)?.has(name)),
    );
    for (const each of together) placed.add(each);
    return [together];
  });
};

const behind = (flow: Flow, from: string, states: ReadonlySet<string>, milestone: string): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (name === milestone) return;
    for (const next of flow.states.get(name)?.next ?? []) {
      if (!states.has(next) || found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(from);
  return found;
};

const stateOf = (flow: Flow, name: string): FlowState => {
  const state = flow.states.get(name);
  if (state === undefined) throw new TypeError(`the definition has no state "${name}"`);
  if (state.type === 'Map' || state.type === 'Parallel') {
    throw new UnboundedTimeError(`${name} is a ${state.type} state, whose time is not told here`);
  }
  return state;
};

/** What a single state, or a whole loop run to its bound, costs. */
const itemsOf = (flow: Flow, names: readonly string[], deadlines: readonly Deadline[]): readonly BudgetItem[] => {
  const states = names.map((name) => [name, stateOf(flow, name)] as const);
  const loops = names.length > 1;
  const deadline = deadlines.find(({ state }) => names.includes(state));
  const limits = states.flatMap(([, { passes }]) => passes ?? []);
  const passes = !loops ? 1 : limits.length > 0 ? Math.min(...limits) : undefined;
  if (passes === undefined && deadline === undefined) {
    throw new UnboundedTimeError(`the loop of ${names.join(', ')} has neither a count nor a deadline`);
  }
  return [
    ...(deadline === undefined ? [] : [{ what: `${deadline.state}: ${deadline.what}`, seconds: deadline.seconds }]),
    ...states.flatMap(([name, { type, waitSeconds, backOffSeconds }]): readonly BudgetItem[] => {
      if (type === 'Wait') {
        // The deadline holds the waits and the calls of its loop.
        if (deadline !== undefined) return [];
        if (waitSeconds === undefined) throw new UnboundedTimeError(`${name} waits for as long as the run itself says`);
        // The last pass of a loop leaves it instead of waiting.
        const waits = loops ? (passes ?? 1) - 1 : 1;
        return [{ what: `${name}: ${waits} × ${waitSeconds} s`, seconds: waits * waitSeconds }];
      }
      if (type !== 'Task') return [];
      const calls = deadline === undefined ? (passes ?? 1) : 1;
      return [
        { what: `${name}: calls, ${calls} × ${callSeconds} s`, seconds: calls * callSeconds },
        { what: `${name}: back-off of all retries`, seconds: backOffSeconds },
      ];
    }),
  ];
};

const total = (items: readonly BudgetItem[]): number => items.reduce((sum, { seconds }) => sum + seconds, 0);

/**
 * The longest way from the start of a run until it enters the milestone: waits of every loop run to its bound, one call
 * for each pass, and each state's back-offs once in full.
 *
 * @param deadlines loops that are bounded by a setting
 * @throws UnboundedTimeError naming what has no bound
 */
export const longestWay = (flow: Flow, milestone: string, deadlines: readonly Deadline[]): readonly BudgetItem[] => {
  const states = reachable(flow, flow.start, leadingTo(flow, milestone), milestone);
  if (!states.has(milestone)) throw new TypeError(`no run comes from ${flow.start} to "${milestone}"`);
  const loops = loopsIn(flow, states, milestone);
  const home = new Map(loops.flatMap((loop) => loop.map((name) => [name, loop] as const)));
  const known = new Map<readonly string[], readonly BudgetItem[]>();
  const from = (loop: readonly string[]): readonly BudgetItem[] => {
    const found = known.get(loop);
    if (found !== undefined) return found;
    if (loop.includes(milestone)) return [];
    const next = new Set(loop.flatMap((name) => stateOf(flow, name).next));
    const followers = loops.filter((other) => other !== loop && other.some((name) => next.has(name)));
    const longest = followers.map(from).toSorted((a, b) => total(b) - total(a))[0] ?? [];
    const items = [...itemsOf(flow, loop, deadlines), ...longest];
    known.set(loop, items);
    return items;
  };
  return from(home.get(flow.start) ?? []);
};
