import type { PairEnvironment } from '../environment.ts';
import type { Runtime } from '../runtime.ts';
import { GuardTable } from './guard-table.ts';
import { controlItems } from './pair-ports.ts';

/**
 * The lock by which one execution of `watch` at a time looks at a pair. It is another one than the pair's own: a watch
 * only looks, and must go on looking while another run holds the pair.
 */
export const watchLease = (
  runtime: Runtime,
  environment: Pick<PairEnvironment, 'CONTROL_REGION' | 'CONTROL_TABLE'>,
  pair: string,
): GuardTable => new GuardTable(controlItems(runtime, environment), `WATCH#${pair}`);
