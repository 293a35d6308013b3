import { describe, expect, it } from 'vitest';
import { createReplicaBroker } from '../../../functions/replica/create-replica-broker.ts';
import { createReplicaInputSchema, replicaDecision } from '../../../functions/replica/replica-request.ts';
import {
  ControlConflict,
  OutcomeUnknown,
  RequestRejected,
  ServiceUnavailable,
  UnexpectedAnswer,
} from '../../../functions/runtime/errors.ts';
import { eastRef, noonMs, pendingEast, pendingWest, unpairedEast, westRef } from '../../support/brokers.ts';
import { earlierIntent, FakeBrokers, FakeClock, FakeControl, FakeFinalCheck } from '../../support/fake-ports.ts';

const raw = {
  pair: 'orders',
  primaryBrokerArn: eastRef.arn,
  replicaRegion: westRef.region,
  replicaName: westRef.brokerName,
  consoleUserSecretArn: 'console',
  replicationUserSecretArn: 'replication',
  reason: 'test',
};
const input = createReplicaInputSchema.parse(raw);
const dryRunInput = createReplicaInputSchema.parse({ ...raw, dryRun: true });

const setup = () => {
  const brokers = new FakeBrokers(unpairedEast());
  brokers.users.set('replication-user', { replicationUser: true, consoleAccess: false });
  brokers.onWrite = () => brokers.set(pendingEast(), pendingWest());
  brokers.createdId = westRef.brokerId;
  const control = new FakeControl();
  const finalCheck = new FakeFinalCheck();
  const readCredentials = async (arn: string) => ({ username: `${arn}-user`, password: 'correct-horse-1' });
  const step = (nowMs = noonMs, given = input) =>
    createReplicaBroker(given, 'arn:run', {
      brokers,
      control,
      readCredentials,
      clock: new FakeClock(nowMs),
      finalCheck: finalCheck.check,
    });
  return { brokers, control, finalCheck, step };
};

const replica = { region: westRef.region, brokerName: westRef.brokerName, brokerId: westRef.brokerId };
const openOurs = (openedAtMs = noonMs - 60_000) =>
  earlierIntent('CreateBroker', { decision: replicaDecision(input), subject: westRef.brokerName, openedAtMs });

describe('createReplicaBroker', () => {
  it('opens an intent, creates with the decision as its token, and marks the intent issued', async () => {
    const { brokers, control, step } = setup();
    expect(await step()).toEqual({ outcome: 'created', replica });
    expect(control.writes).toEqual(['open CreateBroker 1', 'issued CreateBroker 1']);
    expect(brokers.calls).toEqual(['CreateBroker us-west-2']);
    expect(brokers.requests[0]).toMatchObject({ CreatorRequestId: replicaDecision(input) });
  });

  it('refuses with all reasons and writes nothing', async () => {
    const { brokers, control, step } = setup();
    brokers.set(unpairedEast({ state: 'REBOOT_IN_PROGRESS', instanceType: 'mq.t3.micro' }));
    const result = await step();
    expect(result).toMatchObject({
      outcome: 'refused',
      blockers: [{ code: 'INSTANCE_TOO_SMALL' }, { code: 'NOT_RUNNING' }],
    });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('lists the writes of a dry run without passwords and makes none', async () => {
    const { brokers, control, step } = setup();
    const result = await step(noonMs, dryRunInput);
    expect(result).toMatchObject({
      outcome: 'dry-run',
      plannedWrites: [{ operation: 'CreateBroker' }, { operation: 'RebootBroker', region: 'us-east-1' }],
    });
    expect(JSON.stringify(result)).not.toContain('correct-horse');
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('writes nothing in a dry run that meets an open intent, with or without its broker', async () => {
    const { brokers, control, step } = setup();
    control.given(openOurs());
    expect(await step(noonMs, dryRunInput)).toMatchObject({ outcome: 'dry-run' });
    brokers.set(pendingEast(), pendingWest());
    expect(await step(noonMs, dryRunInput)).toEqual({ outcome: 'exists', replica });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('finds the broker of an attempt whose answer was lost instead of making another', async () => {
    const { brokers, control, step } = setup();
    brokers.nextWrite = 'answer lost';
    await expect(step()).rejects.toThrow(OutcomeUnknown);
    expect(await step()).toEqual({ outcome: 'exists', replica });
    expect(brokers.calls).toEqual(['CreateBroker us-west-2']);
    expect(control.writes).toEqual(['open CreateBroker 1', 'effective CreateBroker 1']);
  });

  it.each([
    ['old', 60_000],
    ['young', 1_000],
  ])('repeats an unconfirmed %s attempt that made no broker, under the same token', async (_label, ageMs) => {
    const { brokers, control, step } = setup();
    control.given(openOurs(noonMs - ageMs));
    expect(await step()).toEqual({ outcome: 'created', replica });
    expect(control.writes).toEqual(['not-effective CreateBroker 1', 'open CreateBroker 2', 'issued CreateBroker 2']);
    expect(brokers.requests[0]).toMatchObject({ CreatorRequestId: replicaDecision(input) });
  });

  it('waits for a young intent of another decision, which may be creating a replica right now', async () => {
    const { brokers, control, step } = setup();
    control.given(earlierIntent('CreateBroker', { openedAtMs: noonMs - 1_000 }));
    await expect(step()).rejects.toThrow(OutcomeUnknown);
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('overrides an old intent of another decision that has left no pairing behind', async () => {
    const { control, step } = setup();
    control.given(earlierIntent('CreateBroker', { openedAtMs: noonMs - 60_000 }));
    expect(await step()).toEqual({ outcome: 'created', replica });
    expect(control.writes[0]).toBe('not-effective CreateBroker 1');
  });

  it('closes the intent as rejected when the service refuses, so that a later attempt may follow', async () => {
    const { brokers, control, step } = setup();
    brokers.nextWrite = new RequestRejected('no such subnet');
    await expect(step()).rejects.toThrow('no such subnet');
    expect(control.writes).toEqual(['open CreateBroker 1', 'rejected CreateBroker 1']);
    expect(await step()).toMatchObject({ outcome: 'created' });
    expect(control.writes.slice(2)).toEqual(['open CreateBroker 2', 'issued CreateBroker 2']);
  });

  it('reports the refusal even when the intent cannot be closed', async () => {
    const { brokers, control, step } = setup();
    brokers.nextWrite = new RequestRejected('no such subnet');
    control.failNextWrite = { method: 'settleIntent', error: new ServiceUnavailable('table busy') };
    await expect(step()).rejects.toThrow('no such subnet');
  });

  it('creates nothing when another run opened the intent first', async () => {
    const { brokers, control, step } = setup();
    control.failNextWrite = { method: 'openIntent', error: new ControlConflict('another run') };
    await expect(step()).rejects.toThrow(ControlConflict);
    expect(brokers.calls).toEqual([]);
  });

  it.each([
    ['a real run', input],
    ['a dry run', dryRunInput],
  ])('refuses %s by what speaks against it right before the write', async (_label, given) => {
    const { brokers, control, finalCheck, step } = setup();
    finalCheck.blockers = [{ code: 'FROZEN', message: 'ann froze this pair', evidence: {} }];
    expect(await step(noonMs, given)).toMatchObject({ outcome: 'refused', blockers: [{ code: 'FROZEN' }] });
    expect([...control.writes, ...brokers.calls]).toEqual([]);
  });

  it('says so when the service answers without a broker id', async () => {
    const { brokers, step } = setup();
    brokers.createdId = undefined;
    await expect(step()).rejects.toThrow(UnexpectedAnswer);
  });
});
