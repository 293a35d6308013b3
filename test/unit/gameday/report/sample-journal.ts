import { ApiCallCounter } from '../../../../gameday/journal/api-call-counts.ts';
import type { GaugeRecord, Journal, TransitionRecord } from '../../../../gameday/journal/journal.ts';
import { isoTime } from '../../../../gameday/journal/journal.ts';
import { OutageWatch } from '../../../../gameday/traffic/outages.ts';
import { RateSeries, regroup } from '../../../../gameday/traffic/rate-series.ts';
import type { TrafficResult } from '../../../../gameday/traffic/traffic.ts';

const startMs = Date.UTC(2026, 0, 5, 9, 0, 0);
const at = (minutes: number, seconds = 0): number => startMs + minutes * 60_000 + seconds * 1_000;
const endMs = at(49, 10);

const eastId = 'b-11111111-1111-1111-1111-111111111111';
const westId = 'b-22222222-2222-2222-2222-222222222222';
const east = { pair: 'orders', brokerId: eastId, brokerName: 'orders', region: 'us-east-1' };
const west = { pair: 'orders', brokerId: westId, brokerName: 'orders-replica', region: 'us-west-2' };

/** Times in which no broker took clients: the pairing reboot and the two switchovers. */
const gaps = [
  [at(23), at(28)],
  [at(36), at(36, 9.25)],
  [at(42), at(42, 8.75)],
] as const;

const inGap = (atMs: number): boolean => gaps.some(([fromMs, toMs]) => atMs >= fromMs && atMs < toMs);

const traffic = (): TrafficResult => {
  const series = new RateSeries(2_000);
  const sends = new OutageWatch(at(0, 5));
  const deliveries = new OutageWatch(at(0, 5));
  let confirmed = 0;
  for (let atMs = at(0, 5); atMs < at(48); atMs += 250) {
    if (inGap(atMs)) {
      if (atMs % 1_000 === 0) {
        series.count('sendFailures', atMs);
        sends.failed(atMs);
        deliveries.failed(atMs);
      }
      continue;
    }
    confirmed += 1;
    series.count('confirmed', atMs);
    series.count('processed', atMs + 400);
    sends.succeeded(atMs);
    deliveries.succeeded(atMs + 400);
  }
  return {
    pair: 'orders',
    startedAtMs: at(0, 5),
    stoppedAtMs: at(48),
    drained: true,
    messages: {
      sent: confirmed + 2,
      confirmed,
      processedOnce: confirmed - 1,
      processedTwice: 1,
      queued: 0,
      stranded: 0,
      deadLettered: 0,
      setAside: { processed: 0, unprocessed: 0 },
      lost: 0,
      uncertain: 0,
      rejected: 0,
      unknown: { total: 2, processedOnce: 1, processedTwice: 0, stored: 0, absent: 1 },
      foreign: 0,
      named: {
        lost: [],
        stranded: [],
        deadLettered: [],
        setAsideUnprocessed: [],
        uncertain: [],
        processedTwice: [
          {
            id: 'orders-p1-<script>alert(1)</script>',
            queue: 'orders.placed',
            sentAtMs: at(35, 59),
            processedAtMs: [at(35, 59.4), at(36, 10)],
            storedOn: [],
          },
        ],
      },
    },
    sends: sends.summary(at(48)),
    deliveries: deliveries.summary(at(48)),
    bucketMs: 2_000,
    buckets: series.buckets(),
    consumers: {},
    reconciliation: null,
  };
};

const gauges = (): readonly GaugeRecord[] => {
  const records: GaugeRecord[] = [];
  for (let atMs = at(28, 10); atMs < endMs; atMs += 2_500) {
    const freshRole = [at(28, 10), at(36), at(42)].some((from) => atMs >= from && atMs < from + 14_000);
    const wave = ((atMs / 1_000) % 61) / 61;
    records.push({
      atMs,
      pair: 'orders',
      totalReplicationLagMs: freshRole ? null : 5_200 + 3_000 * wave,
      replicationLagMs: freshRole ? null : 2_600 + 2_000 * wave,
      primaryWaitTimeMs: freshRole ? null : 4_000 + 1_500 * wave,
      replicaWaitTimeMs: freshRole ? null : 1_000 + 3_500 * wave,
      replicationQueueSize: 18,
    });
  }
  return records;
};

const states = (run: string, machine: string, region: string, steps: readonly (readonly [number, string, string])[]) =>
  steps.flatMap(([atMs, state, stateType], index): readonly TransitionRecord[] => {
    const common = { run, machine, region, state, stateType };
    const next = steps[index + 1]?.[0] ?? atMs;
    return [
      { atMs, kind: 'entered', ...common },
      { atMs: next, kind: 'exited', ...common },
    ];
  });

const switchoverStates = (run: string, region: string, fromMs: number): readonly TransitionRecord[] =>
  states(run, 'switchover', region, [
    [fromMs - 500, 'AssessSwitchover', 'Task'],
    [fromMs - 200, 'ChooseGate', 'Choice'],
    [fromMs - 100, 'PromoteReplica', 'Task'],
    [fromMs + 200, 'ObserveSwitchover', 'Task'],
    [fromMs + 400, 'WaitBeforeLook', 'Wait'],
    [fromMs + 5_400, 'ObserveSwitchover', 'Task'],
    [fromMs + 5_600, 'WaitBeforeLook', 'Wait'],
    [fromMs + 10_600, 'ObserveSwitchover', 'Task'],
    [fromMs + 10_800, 'VerifyReverse', 'Task'],
    [fromMs + 11_000, 'WaitForReverse', 'Wait'],
    [fromMs + 26_000, 'SwitchedOver', 'Succeed'],
  ]);

const activity = (name: string, fromMs: number, toMs: number) => ({
  activity: { type: 'action' as const, name, provider: { action: 'run-workflow' } },
  status: 'succeeded' as const,
  start: isoTime(fromMs),
  end: isoTime(toMs),
  duration: (toMs - fromMs) / 1_000,
  output: null,
});

const probe = (name: string, met: boolean, finding: string) => ({
  ...activity(name, endMs, endMs),
  activity: { type: 'probe' as const, name, provider: { probe: name } },
  tolerance_met: met,
  finding,
});

const api = (atMs: number, region: string, service: string, operation: string, request = {}, outcome = 'ok') => ({
  atMs,
  endedAtMs: atMs + 30,
  region,
  service,
  operation,
  outcome,
  caller: 'switchover',
  request,
});

const apiCalls = [
  api(at(1, 1), 'us-west-2', 'mq', 'CreateBroker', {
    brokerName: 'orders-replica',
    users: [{ password: '[secret]' }],
  }),
  api(at(1, 30), 'us-west-2', 'mq', 'DescribeBroker', {}, 'TooManyRequestsException'),
  api(at(2), 'us-west-2', 'mq', 'DescribeBroker'),
  api(at(2), 'us-east-1', 'mq', 'DescribeBroker'),
  api(at(36), 'us-west-2', 'mq', 'Promote', { brokerId: westId, mode: 'SWITCHOVER' }),
  api(at(42), 'us-east-1', 'mq', 'Promote', { brokerId: eastId, mode: 'SWITCHOVER' }),
];

const countsOf = (calls: typeof apiCalls) => {
  const counter = new ApiCallCounter();
  for (const call of calls) counter.add(call);
  return counter.counts();
};

/** A journal such as a first switchover leaves, made by hand: quick, and with hostile text in it. */
export const sampleJournal = (): Journal => {
  const accounting = traffic();
  const title = 'Every confirmed message took effect exactly once, and the pair is back where it was';
  return {
    experiment: {
      title: 'First switchover',
      description:
        'One unpaired active/standby broker gets a replica in another Region, is rebooted, switched over and back, while clients send and receive.',
    },
    status: 'failed',
    deviated: true,
    outcome: 'deviated',
    start: isoTime(startMs),
    end: isoTime(endMs),
    duration: (endMs - startMs) / 1_000,
    steady_states: {
      before: {
        title,
        steady_state_met: true,
        probes: [
          probe('every confirmed message took effect exactly once', true, 'no message was sent'),
          probe('orders is served in us-east-1, and nowhere else', true, 'orders (us-east-1) is standalone and serves'),
        ],
      },
      after: {
        title,
        steady_state_met: false,
        probes: [
          probe(
            'every confirmed message took effect exactly once',
            false,
            `${accounting.messages.confirmed} confirmed: 1 processed twice`,
          ),
          probe('orders is served in us-east-1, and nowhere else', true, 'orders (us-east-1) is primary and serves'),
        ],
      },
      during: [],
    },
    run: [
      activity('start traffic', at(0, 5), at(0, 5)),
      activity('run create-replica in us-east-1', at(1), at(30)),
      activity('run switchover in us-west-2', at(35, 59), at(36, 26)),
      activity('run switchover in us-east-1', at(41, 59), at(42, 26)),
      activity('stop traffic and drain', at(48), at(48, 9)),
    ],
    rollbacks: [],
    environment: {
      version: '0.1.0',
      node: 'v24.21.0',
      platform: 'linux x64',
      scenario: 'first-switchover',
      seed: 7,
      command: 'npm run gameday -- --scenario first-switchover --seed 7',
      packages: { rhea: '3.0.5', jsonata: '2.0.6' },
      wall: { startedAt: '2026-11-22T14:00:00.000Z', milliseconds: 6_120, directory: 'reports/sample' },
    },
    records: {
      workflows: [
        {
          run: 'create-replica',
          machine: 'create-replica',
          region: 'us-east-1',
          status: 'SUCCEEDED',
          startedAtMs: at(1),
          endedAtMs: at(30),
          transitions: 74,
          historyEvents: 210,
          output: { outcome: 'Paired' },
        },
        {
          run: 'switchover',
          machine: 'switchover',
          region: 'us-west-2',
          status: 'SUCCEEDED',
          startedAtMs: at(35, 59.5),
          endedAtMs: at(36, 26),
          transitions: 16,
          historyEvents: 52,
          output: { outcome: 'SwitchedOver' },
        },
        {
          run: 'switchover 2',
          machine: 'switchover',
          region: 'us-east-1',
          status: 'SUCCEEDED',
          startedAtMs: at(41, 59.5),
          endedAtMs: at(42, 26),
          transitions: 16,
          historyEvents: 52,
          output: { outcome: 'SwitchedOver' },
        },
      ],
      transitions: [
        ...states('create-replica', 'create-replica', 'us-east-1', [
          [at(1), 'AssessEligibility', 'Task'],
          [at(1, 1), 'CreateReplicaBroker', 'Task'],
          [at(1, 2), 'WaitForCreation', 'Wait'],
          [at(22, 58), 'AssessReboot', 'Task'],
          [at(23), 'RebootPrimary', 'Task'],
          [at(23, 1), 'WaitForPairing', 'Wait'],
          [at(29), 'ProveReplication', 'Task'],
          [at(30), 'Paired', 'Succeed'],
        ]),
        ...switchoverStates('switchover', 'us-west-2', at(36)),
        ...switchoverStates('switchover 2', 'us-east-1', at(42)),
      ],
      apiCalls,
      apiCallCounts: countsOf(apiCalls),
      verdicts: [
        { atMs: at(36, 10.7), pair: 'orders', verdict: 'exchanged', region: 'us-west-2', fields: {} },
        { atMs: at(42, 10.7), pair: 'orders', verdict: 'exchanged', region: 'us-east-1', fields: {} },
      ],
      brokers: [
        { atMs: startMs, ...east, role: 'standalone', state: 'RUNNING', serves: true },
        { atMs: at(1, 1), ...west, role: 'standalone', state: 'CREATION_IN_PROGRESS', serves: false },
        { atMs: at(22), ...west, role: 'standalone', state: 'RUNNING', serves: true },
        { atMs: at(23), ...east, role: 'standalone', state: 'REBOOT_IN_PROGRESS', serves: false },
        { atMs: at(23), ...west, role: 'standalone', state: 'REBOOT_IN_PROGRESS', serves: false },
        { atMs: at(28), ...east, role: 'primary', state: 'RUNNING', serves: true },
        { atMs: at(28), ...west, role: 'replica', state: 'RUNNING', serves: false },
        { atMs: at(36), ...east, role: 'primary', state: 'RUNNING', serves: false },
        { atMs: at(36, 8.75), ...west, role: 'primary', state: 'RUNNING', serves: true },
        { atMs: at(36, 9), ...east, role: 'replica', state: 'RUNNING', serves: false },
        { atMs: at(42), ...west, role: 'primary', state: 'RUNNING', serves: false },
        { atMs: at(42, 8.25), ...east, role: 'primary', state: 'RUNNING', serves: true },
        { atMs: at(42, 8.5), ...west, role: 'replica', state: 'RUNNING', serves: false },
      ],
      gauges: gauges(),
      faults: [{ atMs: at(41, 55), endedAtMs: at(42, 3), name: 'slow', description: 'fault slow' }],
      clients: [{ atMs: at(36, 0.25), client: 'orders-p1', kind: 'lost', reason: 'disconnected' }],
      logs: [
        {
          atMs: at(1),
          level: 'warn',
          function: 'assess-eligibility',
          region: 'us-east-1',
          message: 'the reboot will apply a pending user <b>change</b> & more',
          fields: {},
        },
      ],
      notifications: [
        {
          atMs: at(30),
          region: 'us-east-1',
          topic: 'mq-dr',
          subject: 'Paired',
          message: 'orders has a replica in us-west-2',
        },
      ],
      messagesPerMinute: regroup(accounting.buckets, 60_000),
    },
    traffic: [accounting],
  };
};
