import type { AutomationStop } from '../functions/control/automation-stop.ts';
import type { Epoch, Freeze, Lock } from '../functions/control/guards.ts';
import { type Heartbeat, silenceMs } from '../functions/control/heartbeat.ts';
import type { GameDayRecord } from '../functions/readiness/readiness-record.ts';
import { printable } from '../functions/runtime/printable.ts';
import { isoSeconds } from './iso-seconds.ts';
import type { ControlStatus, PairStatus } from './pair-status.ts';
import type { RegionRuns } from './running-executions.ts';

const row = (label: string, text: string): string => `  ${label.padEnd(11)} ${printable(text)}`;

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`;

const lockText = (lock: Lock | undefined, nowMs: number): string => {
  if (lock === undefined) return 'free';
  const held = `by a run of ${lock.purpose}, ${lock.owner}`;
  return nowMs < lock.expiresAtMs
    ? `held for another ${seconds(lock.expiresAtMs - nowMs)} ${held}`
    : `expired at ${isoSeconds(lock.expiresAtMs)}, was held ${held}`;
};

const freezeText = (freeze: Freeze | undefined): string =>
  freeze === undefined ? 'none' : `since ${isoSeconds(freeze.atMs)} by ${freeze.by}: ${freeze.reason}`;

const automationText = (stop: AutomationStop | undefined, pair: string): string =>
  stop === undefined
    ? 'not stopped'
    : `stopped since ${isoSeconds(stop.atMs)} (${stop.kind}): ${stop.reason} (npx mq-dr resume --pair ${pair})`;

const epochText = (epoch: Epoch | undefined, pair: string): string => {
  if (epoch === undefined) return 'none recorded';
  const known =
    epoch.acknowledgedAtMs === undefined
      ? `not acknowledged (npx mq-dr ack --pair ${pair})`
      : `acknowledged at ${isoSeconds(epoch.acknowledgedAtMs)}`;
  return `${epoch.number}, ${epoch.mode} to ${epoch.primaryRegion} at ${isoSeconds(epoch.promotedAtMs)}, ${known}`;
};

const gameDayText = (gameDay: GameDayRecord | undefined): string =>
  gameDay === undefined
    ? 'none recorded'
    : `${gameDay.outcome} at ${isoSeconds(gameDay.atMs)}, recorded by ${gameDay.by}`;

const heartbeatText = (heartbeat: Heartbeat, nowMs: number): string => {
  const { region, role, state, endpoint, connections, backlogEvents, atMs } = heartbeat;
  const ageMs = nowMs - atMs;
  return [
    `${region}: ${role} ${state}`,
    `endpoint ${endpoint}`,
    ...(connections === undefined ? [] : [`${connections} connections`]),
    ...(backlogEvents === undefined ? [] : [`${backlogEvents} events not replicated`]),
    `${seconds(ageMs)} ago${ageMs > silenceMs ? ', SILENT' : ''}`,
  ].join(', ');
};

const many = (label: string, texts: readonly string[]): readonly string[] =>
  texts.length === 0 ? [row(label, 'none')] : texts.map((text, index) => row(index === 0 ? label : '', text));

const pairLines = (status: PairStatus, runs: readonly RegionRuns[], nowMs: number): readonly string[] => {
  const { pair } = status;
  const running = runs.flatMap((region) =>
    region.known
      ? region.running
          .filter((run) => run.pair === pair)
          .map((run) => `${run.workflow} in ${region.region} since ${isoSeconds(run.startedAtMs)}: ${run.executionArn}`)
      : [],
  );
  return [
    printable(`pair ${pair}${status.recorded ? '' : ' (nothing is recorded about it: check the name)'}`),
    row('lock', lockText(status.lock, nowMs)),
    row('freeze', freezeText(status.freeze)),
    row('automatic', automationText(status.stop, pair)),
    row('epoch', epochText(status.epoch, pair)),
    ...many(
      'intents',
      status.openIntents.map(
        ({ operation, sequence, status: how, subject, openedAtMs, executionArn }) =>
          `${operation} ${sequence} of ${subject} is ${how} since ${isoSeconds(openedAtMs)}, by ${executionArn}`,
      ),
    ),
    ...many(
      'heartbeats',
      status.heartbeats.map((heartbeat) => heartbeatText(heartbeat, nowMs)),
    ),
    ...many(
      'approvals',
      status.openApprovals.map(
        ({ approvalId, question, expiresAtMs }) =>
          `${question} Open until ${isoSeconds(expiresAtMs)}: npx mq-dr approve ${approvalId} --pair ${pair}`,
      ),
    ),
    row('game day', gameDayText(status.gameDay)),
    ...many('running', running),
  ];
};

/** How things stand, for a person. @param nowMs milliseconds since the Unix epoch */
export const statusLines = (
  table: string,
  control: ControlStatus,
  runs: readonly RegionRuns[],
  nowMs: number,
): readonly string[] => [
  printable(`${isoSeconds(nowMs)}  Control table ${table}`),
  ...(control.known
    ? [row('freeze', `of everything: ${freezeText(control.globalFreeze)}`)]
    : [printable(`CONTROL TABLE UNREADABLE: ${control.reason}`)]),
  ...runs.flatMap((region) =>
    region.known ? [] : [printable(`executions in ${region.region} UNREADABLE: ${region.reason}`)],
  ),
  ...(control.known
    ? control.pairs.flatMap((pair) => ['', ...pairLines(pair, runs, nowMs)])
    : runs.flatMap((region) =>
        region.known
          ? many(
              region.region,
              region.running.map((run) => `${run.workflow} of ${run.pair ?? '?'}: ${run.executionArn}`),
            )
          : [],
      )),
  ...(control.known && control.pairs.length === 0 ? ['', 'no pair is recorded'] : []),
];
