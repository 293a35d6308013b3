import { randomBytes } from 'node:crypto';
import { currentRuntime, type Runtime } from '../../functions/runtime/runtime.ts';
import { Stage, type StageOptions } from '../../testbed/stage.ts';
import type { WrittenQuestion } from './questions.ts';
import { type Recording, recordingOf } from './recording.ts';
import { verifyPair } from './verify-pair.ts';

/** Ten minutes: gauges have points. */
const settledMs = 600_000;

const startMs = Date.UTC(2026, 0, 5, 9);

/** The same look, at a healthy pair of the simulator. */
export interface WorldLook {
  readonly regions: Recording['regions'];
  readonly allowWrites: readonly WrittenQuestion[];
  /** How Amazon MQ behaves in it, where that is open. */
  readonly mq?: StageOptions['mq'];
}

/** Looks at a pair of the simulator as at one of an account. */
export const recordSimulator = async ({ regions, allowWrites, mq }: WorldLook): Promise<Recording> => {
  const stage = await Stage.create({ seed: 1, startMs, ...(mq !== undefined && { mq }) });
  const { aws, clock } = stage;
  try {
    const password = (): string => randomBytes(12).toString('hex');
    const users = [
      { username: 'operator', password: password(), consoleAccess: true },
      { username: 'replicator', password: password(), replicationUser: true },
    ];
    const primary = aws.addBroker({ region: regions.primary, brokerName: 'primary', users });
    const replica = aws.addBroker({ region: regions.replica, brokerName: 'replica', users });
    aws.pairBrokers(primary.brokerId, replica.brokerId);
    const runtime: Runtime = {
      ...currentRuntime(),
      clock,
      random: aws.randomStream('verify'),
      aws: aws.clientSettings({ fromRegion: regions.primary }),
      httpRequest: (request, limits) => aws.httpRequest(request, limits, regions.primary),
    };
    return await clock.run('verify', async () => {
      await clock.sleepMs(settledMs);
      const brokers = [{ region: regions.primary, brokerId: primary.brokerId }];
      const verification = await verifyPair(runtime, { brokers, consoleSecretArn: undefined, allowWrites });
      return recordingOf(verification, clock.nowMs());
    });
  } finally {
    await stage.close();
  }
};
