/** A stalled switchover as a person needs to see it. */
export interface StalledSwitchover {
  readonly pair: string;
  readonly targetRegion: string;
  readonly targetBrokerId: string;
  readonly because: string;
  readonly evidence: readonly string[];
  readonly predictedLoss: string;
  /** Whether the Control table holds by now that automatic runs stop. */
  readonly stopRecorded: boolean;
}

/**
 * What a person can do about a stalled switchover, ready to paste. A switchover cannot be cancelled: either the link
 * comes back and it completes by itself, or a failover ends it. docs/amazon-mq.md 4, 13 row 8.
 */
export const stalledMessage = (stalled: StalledSwitchover): string =>
  [
    `The switchover of ${stalled.pair} to ${stalled.targetBrokerId} in ${stalled.targetRegion} stalled: ${stalled.because}.`,
    'It cannot be cancelled. Neither broker may be serving clients.',
    `A failover now would leave behind: ${stalled.predictedLoss}.`,
    'If the link between the Regions comes back, the switchover completes by itself. Start the same switchover again to follow it.',
    'To end it now and accept this loss:',
    `  npx mq-dr start failover --region ${stalled.targetRegion} --pair ${stalled.pair} --accept-data-loss --reason "stalled switchover"`,
    stalled.stopRecorded
      ? `Automatic runs of ${stalled.pair} are stopped until a promotion that a person starts ends well. To allow them before:`
      : `Automatic runs of ${stalled.pair} are stopped only while this switchover is open: the Control table could not be written. Once it is settled:`,
    stalled.stopRecorded
      ? `  npx mq-dr resume --pair ${stalled.pair} --reason "..."`
      : `  npx mq-dr freeze --pair ${stalled.pair} --reason "..."`,
    'Last check:',
    ...stalled.evidence.map((line) => `  - ${line}`),
  ].join('\n');
