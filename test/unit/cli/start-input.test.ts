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
    expect(plan('unpair', basics).effect).toBe('It ends the replication and reboots the primary.');
  });

  it('confirms what writes policies, not what looks at them', () => {
    const cluster = { cluster: 'events', reason: 'why' };
    expect(plan('policy-drift', cluster)).toMatchObject({ subject: 'events', effect: undefined });
    expect(plan('policy-drift', cluster, { mode: 'remediate' }).effect).toContain('(remediate)');
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
      'is started in the Region that shall take over, us-west-2; leave --region us-east-1 out',
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
  ])('refuses %s', (_what, workflow, choices, given, region, message) => {
    expect(() => plan(workflow, choices, given, region)).toThrow(message);
  });
});
