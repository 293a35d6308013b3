import type { AnyKind, Json } from '../step.ts';
import { awaitWorkflow } from './await-workflow.ts';
import { clearFault, raiseFault } from './faults.ts';
import { cutLink, restoreLink } from './link.ts';
import { blackoutRegion, restoreRegion } from './region.ts';
import { runWorkflow } from './run-workflow.ts';
import { startTraffic, stopTraffic } from './traffic.ts';
import { wait } from './wait.ts';

/** Every kind of action that a scenario may name. A new kind is a file beside this one and a line here. */
export const actionKinds: readonly AnyKind<Json>[] = [
  awaitWorkflow,
  blackoutRegion,
  clearFault,
  cutLink,
  raiseFault,
  restoreLink,
  restoreRegion,
  runWorkflow,
  startTraffic,
  stopTraffic,
  wait,
];
