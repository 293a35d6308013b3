import type { CallCustomerHook } from '../aws/customer-hook.ts';
import { type CutoverConfig, cutoverOf } from '../config/cutover-config.ts';
import type { PairConfig } from '../config/pair-config.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Finding, PlannedWrite } from '../runtime/finding.ts';
import { type Attempt, attempt, attemptCustomerHook, combinedStatus, evidenceOf, findingsOf } from './attempts.ts';
import type { CutoverResult } from './cutover-result.ts';
import { type CutoverRun, type GuardPorts, guardCutover, guardGivingBack } from './guard-cutover.ts';
import { type ConsumerAction, mappingStep } from './mapping-step.ts';

/** What holding and releasing use; all of it in the Region that they run in. */
export interface ConsumerPorts extends GuardPorts {
  readonly clock: Pick<Clock, 'concurrently'>;
  readonly mappings: {
    readState(uuid: string): Promise<string | undefined>;
    setEnabled(uuid: string, enabled: boolean): Promise<'accepted' | 'busy'>;
  };
  readonly callCustomerHook: CallCustomerHook;
  /** The record that they are held, by which the schedule knows what a dead run left behind. */
  readonly record: {
    begin(): Promise<void>;
    /** Never fails: what it leaves is settled by the schedule. */
    end(): Promise<void>;
  };
}

export interface ConsumerRequest {
  readonly pair: PairConfig;
  /** The Region that is promoted and that this runs in. */
  readonly region: string;
  readonly epoch: number | null;
  readonly run: CutoverRun;
  readonly dryRun: boolean;
}

/**
 * `live`: the pair's consumers never stand still · `done` · `pending` · `not-configured`: they should, and nothing says
 * how · `failed`, with the blockers · `frozen`: somebody has stopped all writes, or another run holds the lock.
 */
export type ConsumersMoved = CutoverResult<'live' | 'done' | 'pending' | 'not-configured' | 'failed' | 'frozen'> & {
  readonly plannedWrites: readonly PlannedWrite[];
};

const notConfigured = (pair: string, region: string, cutover: CutoverConfig): Finding => {
  const configured = [...new Set([...Object.keys(cutover.holdMappings), ...Object.keys(cutover.holdFunctionArn)])];
  return {
    code: 'HOLD_NOT_CONFIGURED',
    message:
      `the consumers of ${pair} must be held, and neither a mapping nor a function is configured for ${region}; ` +
      'set cutover.holdMappings or cutover.holdFunctionArn',
    evidence: { region, configured: configured.join(', ') || 'none' },
  };
};

const moveMapping = (uuid: string, action: ConsumerAction, request: ConsumerRequest, ports: ConsumerPorts) =>
  attempt(`mapping ${uuid}`, async (): Promise<Omit<Attempt, 'target'>> => {
    const state = await ports.mappings.readState(uuid);
    const enabled = action === 'release';
    switch (mappingStep(state, action)) {
      case 'done':
        return { status: 'done', reason: String(state) };
      case 'wait':
        return { status: 'pending', reason: String(state) };
      case 'gone':
        return { status: 'failed', reason: `it is ${state}; correct cutover.holdMappings` };
      case 'unknown':
        return { status: 'unknown', reason: `its state reads ${state ?? 'nothing'}` };
      case 'write':
        break;
    }
    if (request.dryRun) {
      const write = { UUID: uuid, Enabled: enabled };
      const planned = { service: 'lambda', operation: 'UpdateEventSourceMapping', region: request.region };
      return { status: 'pending', reason: String(state), planned: { ...planned, request: write } };
    }
    const answer = await ports.mappings.setEnabled(uuid, enabled);
    return { status: 'pending', reason: `${state}, ${enabled ? 'enabling' : 'disabling'} it was ${answer}` };
  });

/**
 * Holds or releases the consumers of a pair in this Region: reads each, asks for what is missing, and counts as done
 * only what was read back. It does not wait; called again, it goes on.
 *
 * @throws LockLost when the run has lost its lock
 */
export const moveConsumers = async (
  action: ConsumerAction,
  request: ConsumerRequest,
  ports: ConsumerPorts,
): Promise<ConsumersMoved> => {
  const { pair, region, epoch, dryRun } = request;
  const cutover = cutoverOf(pair);
  const nothing = { blockers: [], warnings: [], evidence: {}, plannedWrites: [] };
  if (cutover.consumers === 'live') return { outcome: 'live', ...nothing };
  const uuids = cutover.holdMappings[region] ?? [];
  const functionArn = cutover.holdFunctionArn[region];
  if (uuids.length === 0 && functionArn === undefined) {
    return { outcome: 'not-configured', ...nothing, warnings: [notConfigured(pair.name, region, cutover)] };
  }
  const frozen = await (action === 'hold' ? guardCutover : guardGivingBack)(request.run, ports);
  if (frozen.length > 0) return { outcome: 'frozen', ...nothing, blockers: frozen };
  // Before the first of them stands still: a record too many is settled, one too few would never be.
  if (action === 'hold' && !dryRun) await ports.record.begin();
  const asked = { action, pair: pair.name, region, epoch };
  const attempts = await ports.clock.concurrently<Attempt[]>([
    ...uuids.map((uuid) => () => moveMapping(uuid, action, request, ports)),
    ...(functionArn === undefined
      ? []
      : [() => attemptCustomerHook(functionArn, asked, { callCustomerHook: ports.callCustomerHook, dryRun })]),
  ]);
  // What a dry run would write counts as done; what it could not even read does not.
  const judged = attempts.filter(({ planned }) => planned === undefined);
  const outcome = combinedStatus(judged);
  if (action === 'release' && outcome === 'done') await ports.record.end();
  return {
    outcome,
    blockers: findingsOf(action === 'hold' ? 'HOLD' : 'RELEASE', judged),
    warnings: [],
    evidence: evidenceOf(attempts),
    plannedWrites: attempts.flatMap(({ planned }) => planned ?? []),
  };
};
