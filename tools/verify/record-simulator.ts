import { currentRuntime, type Runtime } from '../../functions/runtime/runtime.ts';
import { Testbed } from '../../testbed/testbed.ts';
import type { TestbedPlan } from '../../testbed/testbed-plan.ts';
import type { WrittenQuestion } from './questions.ts';
import { type Recording, recordingOf } from './recording.ts';
import { verifyPair } from './verify-pair.ts';

/** Ten minutes: gauges have points. */
const settledMs = 600_000;

/** The same look, at a healthy pair on simulated AWS. */
export interface WorldLook {
  readonly regions: Recording['regions'];
  readonly allowWrites: readonly WrittenQuestion[];
  /** How Amazon MQ behaves in it, where that is open. */
  readonly mq?: TestbedPlan['mq'];
}

/** Looks at a pair on simulated AWS as at one of an account. */
export const recordSimulator = async ({ regions, allowWrites, mq }: WorldLook): Promise<Recording> => {
  const pair = {
    primary: { region: regions.primary, brokerName: 'primary' },
    replica: { region: regions.replica, brokerName: 'replica' },
    paired: true,
  };
  const testbed = await Testbed.create({ pairs: { verified: pair }, ...(mq !== undefined && { mq }) });
  const { aws, clock } = testbed;
  try {
    const runtime: Runtime = {
      ...currentRuntime(),
      clock,
      random: aws.randomStream('verify'),
      aws: aws.clientSettings({ fromRegion: regions.primary }),
      httpRequest: (request, limits) => aws.httpRequest(request, limits, regions.primary),
    };
    return await clock.run('verify', async () => {
      await clock.sleepMs(settledMs);
      const brokers = [{ region: regions.primary, brokerId: testbed.pair('verified').primaryId }];
      const verification = await verifyPair(runtime, { brokers, consoleSecretArn: undefined, allowWrites });
      return recordingOf(verification, clock.nowMs());
    });
  } finally {
    await testbed.close();
  }
};
