import type { RecordedCall } from './recorder.ts';
import type { Recording } from './recording.ts';

/** Something in which the simulator is not as the service. */
export interface Difference {
  /** `DescribeBroker of the replica`. */
  readonly call: string;
  /** `BrokerInstances[].ConsoleURL`, or `error`. */
  readonly member: string;
  readonly service: string;
  /** What the simulator has; the name is that of the JSON output. */
  readonly world: string;
}

/** Members whose values decide something; of all others only their presence is compared. */
const comparedValues: readonly string[] = [
  'DataReplicationMode',
  'DataReplicationMetadata.DataReplicationRole',
  'BrokerState',
  'DeploymentMode',
  'EngineType',
  'AuthenticationStrategy',
];

const titleOf = ({ operation, of }: RecordedCall): string => `${operation} of the ${of}`;

const membersIn = (value: unknown, path = ''): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return value.flatMap((element) => membersIn(element, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, member]) => membersIn(member, path === '' ? name : `${path}.${name}`));
};

/** What is known of a call: members with their values, or how it was refused. */
const shapeOf = (call: RecordedCall): ReadonlyMap<string, string> => {
  if (call.error !== undefined) {
    return new Map([['error', `${call.error.name}${call.error.status === null ? '' : ` ${call.error.status}`}`]]);
  }
  return new Map(
    membersIn(call.answer).map(
      ([path, value]) => [path, comparedValues.includes(path) ? JSON.stringify(value) : 'present'] as const,
    ),
  );
};

const firstOf = ({ calls }: Recording): ReadonlyMap<string, RecordedCall> => {
  const byTitle = new Map<string, RecordedCall>();
  for (const call of calls) if (!byTitle.has(titleOf(call))) byTitle.set(titleOf(call), call);
  return byTitle;
};

const absent = 'absent';

/** Where the simulator answers the same calls of Amazon MQ otherwise than the service did, member by member. */
export const compareRecordings = (service: Recording, simulator: Recording): readonly Difference[] => {
  const inSimulator = firstOf(simulator);
  return (
    [...firstOf(service)]
      // Metrics depend on the minute, and the console on the network.
      .filter(([, call]) => call.service === 'mq')
      .flatMap(([title, call]) => {
        const answered = inSimulator.get(title);
        if (answered === undefined) {
          return [{ call: title, member: '(the call)', service: 'made', world: 'not made' }];
        }
        const [real, embedded] = [shapeOf(call), shapeOf(answered)];
        return [...new Set([...real.keys(), ...embedded.keys()])]
          .sort()
          .map((member) => ({
            call: title,
            member,
            service: real.get(member) ?? absent,
            world: embedded.get(member) ?? absent,
          }))
          .filter((each) => each.service !== each.world);
      })
  );
};
