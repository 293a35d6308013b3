import { describe, expect, it } from 'vitest';
import { compareRecordings } from '../../../../tools/verify/compare-recordings.ts';
import { recordSimulator, type WorldLook } from '../../../../tools/verify/record-simulator.ts';
import type { Recording } from '../../../../tools/verify/recording.ts';

const regions = { primary: 'us-east-1', replica: 'us-west-2' };
const look = (more: Partial<WorldLook> = {}): Promise<Recording> =>
  recordSimulator({ regions, allowWrites: [], ...more });

const seenOf = ({ observations }: Recording, id: string) => {
  const { verdict, seen } = observations.find((observation) => observation.id === id) ?? expect.unreachable();
  return { verdict, seen };
};

describe('a look at a pair of the simulator', () => {
  it('answers what reads can answer there', async () => {
    const recording = await look();
    const answered = recording.observations.filter(({ verdict }) => verdict !== 'not shown');
    expect(answered.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      '15.1 as expected',
      '15.2 as expected',
      '15.4 as expected',
      '15.10 as expected',
      '15.19 as expected',
    ]);
    expect(seenOf(recording, '15.8').seen).toBe('status 401 without a user');
  });

  it('writes nothing', async () => {
    const { calls } = await look();
    expect([...new Set(calls.map(({ operation }) => operation))]).toEqual([
      'DescribeBroker',
      'GetMetricData',
      'ListMetrics',
      'GET /api/jolokia/version',
    ]);
  });

  it('sees what is not as it was assumed', async () => {
    const recording = await look({
      mq: { roleSpelling: { primary: 'SOURCE', replica: 'TARGET' }, replicaBrokerState: 'REPLICA' },
    });
    expect(seenOf(recording, '15.1')).toEqual({ verdict: 'different', seen: '"SOURCE" and "TARGET"' });
    expect(seenOf(recording, '15.2')).toEqual({ verdict: 'as expected', seen: 'REPLICA' });
  });

  it('sends the writes that were allowed, once each, and records how they were answered', async () => {
    const recording = await look({
      allowWrites: ['15.3', '15.16'],
      mq: { replicaBrokerState: 'REPLICA', rebootOfReplicaAllowed: false },
    });
    expect(seenOf(recording, '15.3')).toEqual({
      verdict: 'as expected',
      seen: expect.stringMatching(/^BadRequestException: .*; the primary then reads PRIMARY$/),
    });
    expect(seenOf(recording, '15.16')).toMatchObject({ verdict: 'as expected' });
    const writes = recording.calls.filter(({ operation }) => operation === 'Promote' || operation === 'RebootBroker');
    expect(writes.map(({ operation, of, error }) => [operation, of, error?.name])).toEqual([
      ['Promote', 'primary', 'BadRequestException'],
      ['RebootBroker', 'replica', 'BadRequestException'],
    ]);
  });

  it('holds a write back where it would mean something else', async () => {
    const recording = await look({
      allowWrites: ['15.3', '15.16'],
      mq: { roleSpelling: { primary: 'SOURCE', replica: 'TARGET' } },
    });
    expect(seenOf(recording, '15.3').seen).toBe('not sent: the roles of the two brokers are not clear');
    expect(seenOf(recording, '15.16').seen).toBe("not sent: the replica's state reads RUNNING");
    expect(recording.calls.some(({ operation }) => operation === 'Promote' || operation === 'RebootBroker')).toBe(
      false,
    );
  });
});

describe('two recordings', () => {
  it('of the same service do not differ', async () => {
    expect(compareRecordings(await look(), await look())).toEqual([]);
  });

  it('differ in values that decide, in members, and in errors', async () => {
    const simulator = await look({ allowWrites: ['15.3'] });
    const service: Recording = {
      ...simulator,
      calls: simulator.calls.map((call) => {
        if (call.operation === 'Promote')
          return { ...call, error: { name: 'ConflictException', message: '', status: 409 } };
        if (call.operation !== 'DescribeBroker' || call.of !== 'replica') return call;
        const { Logs: _logs, ...answer } = call.answer as Readonly<Record<string, unknown>>;
        return {
          ...call,
          answer: { ...answer, BrokerState: 'REPLICA', StorageConfiguration: { ThroughputMode: 'x' } },
        };
      }),
    };
    const differences = compareRecordings(service, simulator);
    expect(differences).toContainEqual({
      call: 'DescribeBroker of the replica',
      member: 'BrokerState',
      service: '"REPLICA"',
      world: '"RUNNING"',
    });
    expect(differences).toContainEqual({
      call: 'DescribeBroker of the replica',
      member: 'StorageConfiguration.ThroughputMode',
      service: 'present',
      world: 'absent',
    });
    expect(differences).toContainEqual({
      call: 'DescribeBroker of the replica',
      member: 'Logs.General',
      service: 'absent',
      world: 'present',
    });
    expect(differences).toContainEqual({
      call: 'Promote of the primary',
      member: 'error',
      service: 'ConflictException 409',
      world: 'BadRequestException 400',
    });
  });

  it('differ where one has a call that the other has not', async () => {
    const [simulator, service] = [await look(), await look({ allowWrites: ['15.3'] })];
    expect(compareRecordings(service, simulator)).toEqual([
      { call: 'Promote of the primary', member: '(the call)', service: 'made', world: 'not made' },
    ]);
  });
});
