import type { Json } from '../../../simulator/engine/expression/json.ts';
import type { AnyKind } from '../step.ts';
import { acknowledge } from './acknowledge.ts';
import { answerApproval } from './answer-approval.ts';
import { awaitState } from './await-state.ts';
import { awaitWorkflow } from './await-workflow.ts';
import { startBroker, stopBroker } from './broker-power.ts';
import { clearFault, raiseFault } from './faults.ts';
import { freeze, unfreeze } from './freeze.ts';
import { cutLink, restoreLink } from './link.ts';
import { promoteOutside } from './promote-outside.ts';
import { fillQueue, rebootCluster, setMetrics, startNode, stopNode, upgradeCluster } from './rabbit-cluster.ts';
import { deletePolicy, putPolicy } from './rabbit-policies.ts';
import { rebootOutside } from './reboot-outside.ts';
import { blackoutRegion, restoreRegion } from './region.ts';
import { resumeAutomation } from './resume-automation.ts';
import { runWorkflow } from './run-workflow.ts';
import { sendAlarms } from './send-alarms.ts';
import { stopRun } from './stop-run.ts';
import { pauseConsumers, resumeConsumers, startTraffic, stopTraffic } from './traffic.ts';
import { wait } from './wait.ts';

/** Every kind of action that a scenario may name. A new kind is a file in this folder and a line here. */
export const actionKinds: readonly AnyKind<Json>[] = [
  acknowledge,
  answerApproval,
  awaitState,
  awaitWorkflow,
  blackoutRegion,
  clearFault,
  cutLink,
  deletePolicy,
  fillQueue,
  freeze,
  pauseConsumers,
  promoteOutside,
  putPolicy,
  startBroker,
  startNode,
  stopBroker,
  stopNode,
  upgradeCluster,
  raiseFault,
  rebootOutside,
  rebootCluster,
  restoreLink,
  restoreRegion,
  resumeAutomation,
  resumeConsumers,
  runWorkflow,
  sendAlarms,
  setMetrics,
  startTraffic,
  stopRun,
  stopTraffic,
  unfreeze,
  wait,
];
