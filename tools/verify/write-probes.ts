import { MqClient, PromoteCommand, RebootBrokerCommand } from '@aws-sdk/client-mq';
import { clientSettings } from '../../functions/aws/client-settings.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { asExpected, different, judged, notShown, type Sight } from './observation.ts';
import type { PairReadings, ReadBroker } from './pair-readings.ts';
import type { WrittenQuestion } from './questions.ts';
import type { PairReader } from './read-pair.ts';
import type { Recorder, Subject } from './recorder.ts';

/** A write that answers a question. */
interface WriteProbe {
  /** What is sent, and what happens if the service accepts it. */
  readonly wouldDo: (readings: PairReadings) => string;
  readonly run: (readings: PairReadings, tools: ProbeTools) => Promise<Sight>;
}

interface ProbeTools {
  readonly runtime: Runtime;
  readonly recorder: Recorder;
  readonly reader: PairReader;
}

const place = ({ brokerId, region }: ReadBroker): string => `${brokerId} in ${region}`;

const roleOf = (description: ReadBroker['description']): string | undefined =>
  description.DataReplicationMetadata?.DataReplicationRole?.trim().toUpperCase();

/** What the service answered, in a form that can be judged. */
const outcomeOf = async (send: () => Promise<unknown>): Promise<{ readonly error?: Error }> => {
  try {
    await send();
    return {};
  } catch (error) {
    if (error instanceof Error) return { error };
    throw error;
  }
};

/** A healthy exchange takes some ten seconds; docs/amazon-mq.md 13, row 13. */
const exchangeMs = 60_000;

/** Writes are sent once. */
const clientFor = (runtime: Runtime, region: string): MqClient => new MqClient(clientSettings(runtime, region, 'once'));

const promoteWrongTarget: WriteProbe = {
  wouldDo: ({ primary }) =>
    `Promote SWITCHOVER on the primary, ${place(primary)}. It should be refused; if it were not, the roles would be exchanged and clients kept away for seconds`,
  run: async ({ primary, replica }, { runtime, recorder, reader }) => {
    if (roleOf(primary.description) !== 'PRIMARY' || roleOf(replica.description) !== 'REPLICA') {
      return notShown('not sent: the roles of the two brokers are not clear');
    }
    const request = { BrokerId: primary.brokerId, Mode: 'SWITCHOVER' as const };
    const { error } = await outcomeOf(() =>
      recorder.call({ service: 'mq', operation: 'Promote', region: primary.region, of: 'primary', request }, () =>
        clientFor(runtime, primary.region).send(new PromoteCommand(request)),
      ),
    );
    // An accepted promotion takes effect later, within seconds on a healthy link.
    if (error === undefined) await runtime.clock.sleepMs(exchangeMs);
    const after = roleOf(await reader.describe(primary, 'primary'));
    const seen = `${error === undefined ? 'accepted' : `${error.name}: ${error.message}`}; the primary then reads ${after}`;
    return judged((error === undefined || error.name === 'BadRequestException') && after === 'PRIMARY', seen);
  },
};

const rebootReplica: WriteProbe = {
  wouldDo: ({ replica }) =>
    `RebootBroker on the replica, ${place(replica)}. If it is accepted the replica is away for some five minutes, and replication waits`,
  run: async ({ replica }, { runtime, recorder }) => {
    const of: Subject = 'replica';
    if (replica.description.BrokerState !== 'REPLICA') {
      return notShown(`not sent: the replica's state reads ${replica.description.BrokerState}`);
    }
    const request = { BrokerId: replica.brokerId };
    const { error } = await outcomeOf(() =>
      recorder.call({ service: 'mq', operation: 'RebootBroker', region: replica.region, of, request }, () =>
        clientFor(runtime, replica.region).send(new RebootBrokerCommand(request)),
      ),
    );
    return error === undefined ? different('accepted') : asExpected(`${error.name}: ${error.message}`);
  },
};

/** The writes of `--allow-writes`, by the question that they answer. */
export const writeProbes: Readonly<Record<WrittenQuestion, WriteProbe>> = {
  '15.3': promoteWrongTarget,
  '15.16': rebootReplica,
};
