import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import { describe, expect, it } from 'vitest';
import { snapshotFrom } from '../../../functions/brokers/snapshot-from-description.ts';
import { UnexpectedAnswer } from '../../../functions/runtime/errors.ts';
import { eastRef, noonMs, westRef } from '../../support/brokers.ts';

const answer = (changes: Partial<DescribeBrokerResponse> = {}): DescribeBrokerResponse => ({
  BrokerId: eastRef.brokerId,
  BrokerArn: eastRef.arn,
  BrokerName: eastRef.brokerName,
  BrokerState: 'RUNNING',
  EngineType: 'ACTIVEMQ',
  ...changes,
});
const read = (changes: Partial<DescribeBrokerResponse> = {}) => snapshotFrom(answer(changes), 'us-east-1', noonMs);
const counterpart = { BrokerId: westRef.brokerId, Region: westRef.region };

describe('snapshotFrom', () => {
  it('reads a sparse answer without inventing anything', () => {
    expect(read()).toEqual({
      brokerId: eastRef.brokerId,
      brokerArn: eastRef.arn,
      brokerName: 'orders-east',
      region: 'us-east-1',
      readAtMs: noonMs,
      state: 'RUNNING',
      engine: 'activemq',
      engineVersion: 'unknown',
      instanceType: 'unknown',
      deploymentMode: 'unknown',
      publiclyAccessible: false,
      role: 'none',
      roleText: undefined,
      counterpart: undefined,
      replicationMode: undefined,
      pendingReplicationMode: undefined,
      pendingCounterpart: undefined,
      pendingChanges: [],
      actionsRequired: [],
      userNames: [],
      consoleUrls: [],
      amqpEndpoints: [],
    });
  });

  it('reads the consoles of all instances that have one', () => {
    const console = (n: number) => `https://b-${n}.mq.us-east-1.amazonaws.com:8162`;
    const instances = [{ ConsoleURL: console(1) }, {}, { ConsoleURL: console(2) }];
    expect(read({ BrokerInstances: instances }).consoleUrls).toEqual([console(1), console(2)]);
  });

  it('reads the configuration in use and the maintenance window, in UTC unless said otherwise', () => {
    const window = { DayOfWeek: 'SUNDAY', TimeOfDay: '02:00' } as const;
    const snapshot = read({
      Configurations: { Current: { Id: 'c-1', Revision: 4 } },
      MaintenanceWindowStartTime: window,
    });
    expect(snapshot.configuration).toEqual({ id: 'c-1', revision: 4 });
    expect(snapshot.maintenanceWindow).toEqual({ dayOfWeek: 'SUNDAY', timeOfDay: '02:00', timeZone: 'UTC' });
    const zoned = read({ MaintenanceWindowStartTime: { ...window, TimeZone: 'Europe/Berlin' } });
    expect(zoned.maintenanceWindow?.timeZone).toBe('Europe/Berlin');
    expect(read({ Configurations: { Current: { Id: 'c-1' } } }).configuration).toBeUndefined();
  });

  it.each(['ACTIVEMQ', 'ActiveMQ', 'activemq'])('reads the engine %s without case', (engine) => {
    expect(read({ EngineType: engine as 'ACTIVEMQ' }).engine).toBe('activemq');
  });

  it.each([
    ['PRIMARY', 'primary'],
    ['primary', 'primary'],
    [' Replica ', 'replica'],
    ['REPLICA', 'replica'],
    ['SECONDARY', 'unknown'],
    ['', 'unknown'],
  ])('reads the role "%s" as %s and keeps its spelling', (text, role) => {
    const snapshot = read({
      DataReplicationMetadata: { DataReplicationRole: text, DataReplicationCounterpart: counterpart },
    });
    expect(snapshot).toMatchObject({
      role,
      roleText: text,
      counterpart: { brokerId: westRef.brokerId, region: 'us-west-2' },
    });
  });

  it('keeps what is in force apart from what is pending', () => {
    const snapshot = read({
      DataReplicationMode: '' as 'CRDR',
      PendingDataReplicationMode: 'CRDR',
      PendingDataReplicationMetadata: { DataReplicationRole: 'PRIMARY', DataReplicationCounterpart: counterpart },
    });
    expect(snapshot).toMatchObject({
      role: 'none',
      counterpart: undefined,
      replicationMode: undefined,
      pendingReplicationMode: 'CRDR',
      pendingCounterpart: { brokerId: westRef.brokerId },
    });
  });

  it('takes half a counterpart for none', () => {
    const metadata = {
      DataReplicationRole: 'PRIMARY',
      DataReplicationCounterpart: { BrokerId: 'b-1', Region: undefined },
    };
    expect(read({ DataReplicationMetadata: metadata }).counterpart).toBeUndefined();
  });

  it('lists every kind of pending change', () => {
    const { pendingChanges } = read({
      EngineVersion: '5.18.4',
      PendingEngineVersion: '5.18.6',
      HostInstanceType: 'mq.m5.large',
      PendingHostInstanceType: 'mq.m5.xlarge',
      PendingSecurityGroups: ['sg-1', 'sg-2'],
      PendingAuthenticationStrategy: 'LDAP',
      PendingLdapServerMetadata: {
        Hosts: ['ldap'],
        RoleBase: '',
        RoleSearchMatching: '',
        ServiceAccountUsername: '',
        UserBase: '',
        UserSearchMatching: '',
      },
      Configurations: { Pending: { Id: 'c-1', Revision: 3 } },
      Users: [{ Username: 'app', PendingChange: 'UPDATE' }, { Username: 'admin' }],
    });
    expect(pendingChanges).toEqual([
      'engine version 5.18.4 → 5.18.6',
      'instance type mq.m5.large → mq.m5.xlarge',
      'security groups → sg-1, sg-2',
      'authentication strategy → LDAP',
      'LDAP server settings',
      'configuration c-1 revision 3',
      'user app: UPDATE',
    ]);
  });

  it('reads AMQP endpoints of both instances, and no others', () => {
    const { amqpEndpoints } = read({
      BrokerInstances: [
        { Endpoints: ['ssl://host-1:61617', 'amqp+ssl://host-1:5671'] },
        { Endpoints: ['amqp+ssl://host-2:5671', 'stomp+ssl://host-2:61614'] },
        {},
      ],
    });
    expect(amqpEndpoints).toEqual(['amqp+ssl://host-1:5671', 'amqp+ssl://host-2:5671']);
  });

  it('names actions and users', () => {
    const snapshot = read({
      ActionsRequired: [{ ActionRequiredCode: 'BROKER_OOM' }, {}],
      Users: [{ Username: 'admin' }, { Username: 'app' }],
    });
    expect(snapshot).toMatchObject({ actionsRequired: ['BROKER_OOM', 'unnamed'], userNames: ['admin', 'app'] });
  });

  it.each(['BrokerId', 'BrokerArn', 'BrokerName', 'BrokerState', 'EngineType'] as const)(
    'refuses an answer without %s',
    (member) => {
      const reading = () => snapshotFrom({ ...answer(), [member]: undefined }, 'us-east-1', noonMs);
      expect(reading).toThrow(UnexpectedAnswer);
      expect(reading).toThrow(member);
    },
  );
});
