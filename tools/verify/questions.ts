/** What it takes to see an answer: reads alone, a write that changes something, or a situation that has to be made. */
export type Needs = 'reads' | 'a write' | 'a situation';

/** One question of docs/amazon-mq.md 15. */
export interface Question {
  /** Section of docs/amazon-mq.md. */
  readonly id: string;
  readonly question: string;
  /** What the project assumes until somebody has looked. */
  readonly expected: string;
  readonly needs: Needs;
  /** How to find out where this command cannot see it. */
  readonly how: string;
}

/** Every open question, in the order of the document. */
export const questions = [
  {
    id: '15.1',
    question: 'How is DataReplicationRole spelt?',
    expected: 'PRIMARY and REPLICA, in any case',
    needs: 'reads',
    how: 'DescribeBroker on both brokers of a pair',
  },
  {
    id: '15.2',
    question: 'Which BrokerState does a steady replica have?',
    expected: 'RUNNING or REPLICA',
    needs: 'reads',
    how: 'DescribeBroker on the replica',
  },
  {
    id: '15.3',
    question: 'What answers a Promote on a wrong target?',
    expected: 'BadRequestException, or a quiet success; the roles stay as they are',
    needs: 'a write',
    how: 'Promote SWITCHOVER on the primary of a test pair',
  },
  {
    id: '15.4',
    question: 'Which unit have the replication metrics?',
    expected: 'Milliseconds',
    needs: 'reads',
    how: 'GetMetricData for one unit after the other, while the pair replicates',
  },
  {
    id: '15.5',
    question: 'Is a FAILOVER followed by a resynchronisation?',
    expected: 'it may be',
    needs: 'a situation',
    how: 'look for orphans on a test pair after a failover and a failback',
  },
  {
    id: '15.6',
    question: 'Is a backlog older than the pair copied?',
    expected: 'no',
    needs: 'a situation',
    how: 'pair a broker that holds messages',
  },
  {
    id: '15.7',
    question: 'Does cross-Region replication work with engine 5.19?',
    expected: 'yes, from 5.17.6 on',
    needs: 'reads',
    how: 'create a replica of a 5.19 broker',
  },
  {
    id: '15.8',
    question: 'Is Jolokia served on port 8162?',
    expected: 'no',
    needs: 'reads',
    how: 'ask with a console user: --console-secret <arn>, from where the broker can be reached',
  },
  {
    id: '15.9',
    question: 'Is a cut-off old primary fenced?',
    expected: 'no',
    needs: 'a situation',
    how: 'fail over with the link between the Regions cut',
  },
  {
    id: '15.10',
    question: 'Which queue is QueueSize of the replication metrics about?',
    expected: 'ActiveMQ.Plugin.Replication.Intermediate.Queue',
    needs: 'reads',
    how: 'ListMetrics for both brokers, while the pair replicates',
  },
  {
    id: '15.11',
    question: 'Does the primary show a pending mode before the reboot?',
    expected: 'it may or may not',
    needs: 'reads',
    how: 'run this command between the creation of the replica and the reboot of the primary',
  },
  {
    id: '15.12',
    question: 'When is an old primary that comes back told to be a replica?',
    expected: 'at an unknown time',
    needs: 'a situation',
    how: 'a failover with a later return of the Region',
  },
  {
    id: '15.13',
    question: 'How long is CreatorRequestId remembered?',
    expected: "at least for the service's own retries",
    needs: 'a situation',
    how: 'repeat CreateBroker after a day',
  },
  {
    id: '15.14',
    question: 'Are broker names unique across Regions?',
    expected: 'they may be',
    needs: 'reads',
    how: 'create two brokers of one name in two Regions',
  },
  {
    id: '15.15',
    question: 'What is the throttling error called?',
    expected: 'any that the SDK takes for throttling, with status 429',
    needs: 'a situation',
    how: 'exceed 15 calls a second on purpose, in an account without pairs in use',
  },
  {
    id: '15.16',
    question: 'Is RebootBroker accepted for a broker that reads REPLICA?',
    expected: 'no',
    needs: 'a write',
    how: 'RebootBroker on the replica of a test pair',
  },
  {
    id: '15.17',
    question: 'How long does a switchover take with a large backlog?',
    expected: "it depends on the backlog's rate",
    needs: 'a situation',
    how: 'a timed switchover under load',
  },
  {
    id: '15.18',
    question: "Does ReplicaWaitTime arrive and grow while the primary's Region is lost?",
    expected: 'yes',
    needs: 'a situation',
    how: "cut a test pair's link and read the metric in the replica's Region",
  },
  {
    id: '15.19',
    question: 'What does CurrentConnectionsCount count?',
    expected: 'client connections only: none on a replica',
    needs: 'reads',
    how: 'GetMetricData on a replica, and on a primary without clients',
  },
  {
    id: '15.20',
    question: 'Does a Promote call arrive via CloudTrail, and with which parameter names?',
    expected: 'yes, with broker-id or brokerId',
    needs: 'a situation',
    how: 'promote a test pair in the console and look at the event bus',
  },
  {
    id: '15.21',
    question: 'When does the promoted broker read PRIMARY while the other Region cannot be reached?',
    expected: 'within seconds',
    needs: 'a situation',
    how: "fail over with the other Region's access denied",
  },
  {
    id: '15.22',
    question: 'How does AWS Health name Amazon MQ?',
    expected: 'MQ',
    needs: 'a situation',
    how: "the event pattern's sample in the EventBridge console",
  },
  {
    id: '15.23',
    question: 'Can UpdateBroker take a pending NONE back?',
    expected: 'no',
    needs: 'a situation',
    how: 'UpdateBroker CRDR on a test pair before the reboot',
  },
] as const satisfies readonly Question[];

export type QuestionId = (typeof questions)[number]['id'];

/** Questions that only a write answers; see `write-probes.ts`. */
export const writtenQuestions = ['15.3', '15.16'] as const satisfies readonly QuestionId[];

export type WrittenQuestion = (typeof writtenQuestions)[number];

/** Whether the question is one that a write answers. */
export const isWrittenQuestion = (id: string): id is WrittenQuestion =>
  writtenQuestions.some((written) => written === id);
