import { describe, expect, it } from 'vitest';
import { planStart, type StartChoices } from '../../../cli/start-input.ts';
import { findWorkflow } from '../../../cli/workflows.ts';

const plan = (
  workflow: string,
  choices: StartChoices,
  given: Readonly<Record<string, unknown>> = {},
  region?: string,
) => planStart(findWorkflow(workflow), choices, given, region);

const west = 'us-west-2';
const basics = { pair: 'orders', reason: 'why' };

const hash = '0123456789abcdef'.repeat(4);

describe('planStart', () => {
  it('puts options into the input of a switchover, and starts it in the target Region', () => {
    expect(plan('switchover', { ...basics, targetRegion: west })).toEqual({
      input: { ...basics, targetRegion: west },
      subject: 'orders',
      region: west,
      dryRun: false,
      effect: expect.stringContaining('cannot be cancelled'),
    });
  });

  it('keeps the target Region out of the input of a failover, where it only says where to start', () => {
    const choices = { ...basics, targetRegion: west, acceptDataLoss: true, overrideControl: 'table down' } as const;
    expect(plan('failover', choices)).toMatchObject({
      input: { ...basics, acceptDataLoss: true, overrideControl: 'table down' },
      region: west,
    });
  });

  it('lets a failover be placed by --region too, and be asked dryly without accepting a loss', () => {
    expect(plan('failover', { ...basics, dryRun: true }, {}, west)).toEqual({
      input: { ...basics, dryRun: true },
      subject: 'orders',
      region: west,
      dryRun: true,
      effect: undefined,
    });
  });

  it('takes what options leave out from the given input', () => {
    expect(plan('switchover', { reason: 'why' }, { pair: 'orders', targetRegion: west })).toMatchObject({
      input: { pair: 'orders', targetRegion: west, reason: 'why' },
      region: west,
    });
  });

  it('confirms the pair to unpair, and says what would be deleted', () => {
    const deletion = { deleteReplica: true, replicaBrokerId: 'b-2' };
    expect(plan('unpair', basics, deletion)).toMatchObject({
      input: { ...basics, ...deletion, confirm: 'orders' },
      region: undefined,
      effect: expect.stringContaining('deletes the broker b-2'),
    });
    expect(plan('unpair', basics).effect).toBe('It ends replication and reboots the primary.');
  });

  it('confirms what writes policies, not what looks at them', () => {
    const cluster = { cluster: 'events', reason: 'why' };
    expect(plan('policy-drift', cluster)).toMatchObject({ subject: 'events', effect: undefined });
    expect(plan('policy-drift', cluster, { mode: 'remediate' }).effect).toContain('(remediate)');
  });

  it('starts a failback in the Region to go back to, and a reconciliation in that of the primary', () => {
    expect(plan('failback', { ...basics, targetRegion: west })).toMatchObject({
      input: basics,
      region: west,
      effect: expect.stringContaining('Consumers then receive what was left behind.'),
    });
    const choices = { ...basics, mode: 'auto', queue: ['orders.*', 'work'] };
    expect(plan('reconcile', choices, {}, west)).toMatchObject({
      input: { ...basics, mode: 'auto', queues: ['orders.*', 'work'] },
      region: west,
    });
  });

  it('confirms a reconciliation that may take messages out, not one that looks', () => {
    const effect = (choices: StartChoices) => plan('reconcile', { ...basics, ...choices }, {}, west).effect;
    expect(effect({})).toBeUndefined();
    expect(effect({ mode: 'report' })).toBeUndefined();
    expect(effect({ mode: 'auto', dryRun: true })).toBeUndefined();
    expect(effect({ mode: 'auto' })).toContain('from the queues to the quarantine');
    expect(effect({ mode: 'configured' })).toContain("what the pair's settings say");
    expect(effect({ mode: 'repair', manifest: hash })).toContain(hash);
  });

  it('looks at all pairs, or at the one that is named', () => {
    expect(plan('readiness', {})).toMatchObject({ input: {}, subject: 'all' });
    expect(plan('readiness', { pair: 'orders' })).toMatchObject({ input: { pairs: ['orders'] } });
  });

  it.each<[string, string, StartChoices, Record<string, unknown>, string | undefined, string]>([
    [
      'two values for one field',
      'switchover',
      basics,
      { pair: 'billing' },
      undefined,
      '--pair and "pair" of --input differ',
    ],
    [
      'a Region that is not the target',
      'switchover',
      { ...basics, targetRegion: west },
      {},
      'us-east-1',
      'is started in the Region that takes over, us-west-2; omit --region us-east-1',
    ],
    [
      'an unknown field',
      'switchover',
      { ...basics, targetRegion: west },
      { dryrun: true },
      undefined,
      'unknown field "dryrun" (did you mean "dryRun"?)',
    ],
    [
      'a Region that is none',
      'switchover',
      { ...basics, targetRegion: 'west' },
      {},
      undefined,
      'expected a Region such as',
    ],
    [
      'an override where there is none',
      'switchover',
      { ...basics, overrideControl: 'x' },
      {},
      undefined,
      'takes no --override',
    ],
    ['a reconciliation without a place', 'reconcile', basics, {}, undefined, 'start reconcile needs --region (that of'],
    [
      'a target for a reconciliation',
      'reconcile',
      { ...basics, targetRegion: west },
      {},
      west,
      'reconcile takes no --target-region: give --region, that of the primary',
    ],
    [
      'a repair without a manifest',
      'reconcile',
      { ...basics, mode: 'repair' },
      {},
      west,
      'start reconcile needs --manifest (the hash that a run with --mode report ended with)',
    ],
    [
      'a manifest that nothing is repaired by',
      'reconcile',
      { ...basics, manifest: hash },
      {},
      west,
      'mode "repair" needs the hash of a manifest, and no other mode takes one',
    ],
    [
      'a hash that is none',
      'reconcile',
      { ...basics, mode: 'repair', manifest: 'abc' },
      {},
      west,
      'expected a SHA-256, 64 hexadecimal digits',
    ],
    [
      'queues for a repair',
      'reconcile',
      { ...basics, mode: 'repair', manifest: hash, queue: ['work'] },
      {},
      west,
      'name the queues when you make the manifest',
    ],
    [
      'a misspelt mode',
      'reconcile',
      { ...basics, mode: 'repiar' },
      {},
      west,
      'mode: unknown value "repiar" (did you mean "repair"?)',
    ],
    ['queues of a switchover', 'switchover', { ...basics, queue: ['work'] }, {}, west, 'switchover takes no --queue'],
    ['a failback without a place', 'failback', basics, {}, undefined, 'start failback needs --target-region'],
    [
      "another run's lock",
      'switchover',
      { ...basics, targetRegion: west },
      { parentRun: {} },
      undefined,
      '"parentRun" is set only by a workflow that runs this one as a step: leave it out',
    ],
  ])('refuses %s', (_what, workflow, choices, given, region, message) => {
    expect(() => plan(workflow, choices, given, region)).toThrow(message);
  });
});
