import { controlItems } from '../../control/control-ports.ts';
import { watchScope } from '../../control/control-scopes.ts';
import { GuardTable } from '../../control/guard-table.ts';
import type { ControlEnvironment } from '../../runtime/environment/control-environment.ts';
import type { Runtime } from '../../runtime/runtime.ts';

/**
 * The lock by which one execution of `watch` at a time watches a pair. It is not the pair's own: a watch only reads, and
 * must go on reading while another run holds the pair.
 */
export const watchLease = (runtime: Runtime, environment: ControlEnvironment, pair: string): GuardTable =>
  new GuardTable(controlItems(runtime, environment), watchScope(pair));
