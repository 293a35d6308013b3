import { describe, expect, it } from 'vitest';
import { stalledMessage } from '../../../functions/promotion/stalled-message.ts';

describe('stalledMessage', () => {
  it('names the reason, the loss, the command for the target and every line of evidence', () => {
    const message = stalledMessage({
      pair: 'orders',
      targetRegion: 'us-west-2',
      targetBrokerId: 'b-2222',
      because: 'no progress for 300 s',
      evidence: ['target reads REPLICA', 'QueueSize 70, 61 s old'],
      predictedLoss: 'up to 70 replication events, as of 61 s ago',
      stopRecorded: true,
    });
    expect(message.split('\n')).toEqual([
      'The switchover of orders to b-2222 in us-west-2 stalled: no progress for 300 s.',
      expect.stringContaining('cannot be cancelled'),
      'A failover now would leave behind: up to 70 replication events, as of 61 s ago.',
      expect.stringContaining('Start the same switchover again'),
      'To end it now and accept this loss:',
      '  npx mq-dr start failover --region us-west-2 --pair orders --accept-data-loss --reason "stalled switchover"',
      'Automatic runs of orders are stopped until a promotion that a person starts ends well. To allow them before:',
      '  npx mq-dr resume --pair orders --reason "..."',
      'Last check:',
      '  - target reads REPLICA',
      '  - QueueSize 70, 61 s old',
    ]);
  });

  it('offers a freeze where the table could not hold that automatic runs are stopped', () => {
    const message = stalledMessage({
      pair: 'orders',
      targetRegion: 'us-west-2',
      targetBrokerId: 'b-2222',
      because: 'no progress for 300 s',
      evidence: [],
      predictedLoss: 'unknown',
      stopRecorded: false,
    });
    expect(message).toContain('the Control table could not be written');
    expect(message).toContain('npx mq-dr freeze --pair orders');
    expect(message).not.toContain('mq-dr resume');
  });
});
