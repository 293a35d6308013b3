import type { BrokerRole } from '../broker/embedded-broker.ts';

/** How the embedded Amazon MQ behaves where the service's own behaviour varies or is not known. */
export interface MqSettings {
  /** A creation takes some 20 minutes; the announcement speaks of 25 for a replica (docs/amazon-mq.md 2). */
  readonly creationMs: number;
  /** About five minutes (docs/amazon-mq.md 7). */
  readonly rebootMs: number;
  /** About five minutes (docs/amazon-mq.md 7). */
  readonly deletionMs: number;
  /** Each duration is drawn evenly from its value ± this fraction of it. */
  readonly durationSpread: number;
  /** The API does not fix the spelling (docs/amazon-mq.md 15). */
  readonly roleSpelling: Readonly<Record<Exclude<BrokerRole, 'standalone'>, string>>;
  /** Whether a replica's steady state reads RUNNING or REPLICA (docs/amazon-mq.md 15). */
  readonly replicaBrokerState: 'RUNNING' | 'REPLICA';
  /** Whether a broker whose state reads REPLICA may be rebooted (docs/amazon-mq.md 15). */
  readonly rebootOfReplicaAllowed: boolean;
  /** One bucket for all Amazon MQ calls of the account: 15 a second, bursts of 100 (docs/amazon-mq.md 8). */
  readonly callsPerSecond: number;
  readonly callBurst: number;
  /** How often the control plane looks again whether a Region that it needs for a promotion answers. */
  readonly promotionRetryMs: number;
  /** How long after a call EventBridge sees it via CloudTrail; not documented, some minutes at most. */
  readonly trailDelayMs: number;
}

export const defaultMqSettings: MqSettings = {
  creationMs: 20 * 60_000,
  rebootMs: 300_000,
  deletionMs: 300_000,
  durationSpread: 0.15,
  roleSpelling: { primary: 'PRIMARY', replica: 'REPLICA' },
  replicaBrokerState: 'RUNNING',
  rebootOfReplicaAllowed: true,
  callsPerSecond: 15,
  callBurst: 100,
  promotionRetryMs: 5_000,
  trailDelayMs: 60_000,
};
