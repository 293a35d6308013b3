/** A stalled switchover as a person needs to see it. */
export interface StalledSwitchover {
  readonly pair: string;
  readonly targetRegion: string;
  readonly targetBrokerId: string;
  readonly because: string;
  readonly evidence: readonly string[];
  readonly predictedLoss: string;
}

/**
 * What a person can do about a stalled switchover, ready to paste. A switchover cannot be cancelled: either the link
 * comes back and it completes by itself, or a failover ends it. docs/amazon-mq.md 4, 13 row 8.
 */
export const stalledMessage = (stalled: StalledSwitchover): string =>
  [
    `The switchover of ${stalled.pair} to ${stalled.targetBrokerId} in ${stalled.targetRegion} stalled: ${stalled.because}.`,
    'It cannot be cancelled, and neither broker may be serving clients now.',
    `A failover at this moment would leave behind: ${stalled.predictedLoss}.`,
    'If the link between the Regions returns, it completes by itself; start the same switchover again to watch it.',
    'To end it now and accept that loss:',
    `  npx mq-dr start failover --region ${stalled.targetRegion} --pair ${stalled.pair} --accept-data-loss --reason "stalled switchover"`,
    'Last look:',
    ...stalled.evidence.map((line) => `  - ${line}`),
  ].join('\n');
