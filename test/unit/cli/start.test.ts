import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { Executions } from '../../../cli/executions.ts';
import { createReplicaInput } from '../../../testbed/orders.ts';
import type { Testbed } from '../../../testbed/testbed.ts';
import { jsonOf, mqDr, runIn, runtimeOn } from '../../support/mq-dr.ts';
import { createTestbed, promotions } from '../../support/testbed.ts';

const switchover = 'start switchover --pair orders --target-region us-west-2 --reason move';

const onTestbed = async (body: (testbed: Testbed) => Promise<void>): Promise<void> => {
  const testbed = await createTestbed({ paired: true });
  await testbed.play(async () => await body(testbed));
};

describe('mq-dr start', () => {
  it('starts a workflow in the Region that shall take over, and gives its ARN', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, `${switchover} --yes --json`);
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      const { executionArn } = jsonOf(run);
      expect(executionArn).toMatch(
        /^arn:aws:states:us-west-2:\d+:execution:switchover:switchover-orders-20260105T090000Z-/,
      );
      expect(await testbed.end(executionArn ?? '')).toMatchObject({ status: 'SUCCEEDED' });
    });
  });

  it('follows it to its end and tells each step', async () => {
    await onTestbed(async (testbed) => {
      // Gauges come a few minutes after the pair.
      await runtimeOn(testbed).clock.sleepMs(600_000);
      const run = await mqDr(testbed, `${switchover} --watch`, { typed: 'orders' });
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      expect(run.asked[0]).toContain('This starts switchover of orders in us-west-2. Both brokers refuse clients');
      expect(run.out).toMatch(/started switchover of orders in us-west-2: arn:/);
      expect(run.out).toMatch(/\d\d:\d\d:\d\d {2}PromoteReplica\n {12}outcome requested/);
      expect(run.out).toContain('because the roles are exchanged');
      expect(run.out).toMatch(/\nSwitchedOver after \d+ s\n/);
      expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
    });
  });

  it('fails over, after which the promotion waits to be acknowledged', async () => {
    await onTestbed(async (testbed) => {
      await runtimeOn(testbed).clock.sleepMs(600_000);
      const line =
        'start failover --pair orders --target-region us-west-2 --reason outage --accept-data-loss --watch --json';
      const run = await mqDr(testbed, line, { typed: 'orders' });
      expect(run.asked[0]).toContain('Whatever has not been replicated stays on the old primary.');
      expect(run).toMatchObject({ exitCode: 0, err: '' });
      expect(jsonOf(run)).toMatchObject({ outcome: 'FailedOver' });
      expect(promotions(testbed)).toEqual(['Promote us-west-2 ok']);
      expect((await mqDr(testbed, 'status --pair orders')).out).toMatch(
        /epoch +1, FAILOVER to us-west-2 .*not acknowledged/,
      );
      expect(await mqDr(testbed, 'ack --pair orders')).toMatchObject({ exitCode: 0 });
      expect((await mqDr(testbed, 'status --pair orders')).out).toMatch(/epoch +1, FAILOVER .*, acknowledged at/);
    });
  });

  it('shows how to answer what the run asks, and follows it after the answer', async () => {
    const testbed = await createTestbed({ settings: { rebootApproval: 'required' } });
    const { clock } = testbed;
    await testbed.play(async () => {
      const input = JSON.stringify(createReplicaInput(testbed));
      let out = '';
      const watch = clock.spawn('watch', () =>
        mqDr(testbed, 'start create-replica --input @orders.json --watch', {
          readFile: async () => input,
          write: (text) => {
            out += text;
          },
        }),
      );
      // Creation takes some 25 minutes.
      const command = /npx mq-dr (approve [0-9a-f]{12} --pair orders)/;
      while (!command.test(out)) await clock.sleepMs(60_000);
      expect((await mqDr(testbed, 'status --pair orders')).out).toMatch(command);
      expect(await mqDr(testbed, command.exec(out)?.[1] ?? '')).toMatchObject({ exitCode: 0 });
      expect(await clock.join(watch)).toMatchObject({ exitCode: 0 });
      expect(out).toMatch(/\nPaired after \d+ s/);
    });
  });

  it('prints one object and nothing else with --json and --watch', async () => {
    await onTestbed(async (testbed) => {
      await runtimeOn(testbed).clock.sleepMs(600_000);
      const run = await mqDr(testbed, `${switchover} --dry-run --watch --json`);
      expect(run).toMatchObject({ exitCode: 0, err: '', asked: [] });
      expect(run.out.trimEnd().split('\n')).toHaveLength(1);
      expect(jsonOf(run)).toMatchObject({
        dryRun: true,
        status: 'SUCCEEDED',
        outcome: 'DryRun',
        output: { plannedWrites: [{ operation: 'Promote' }] },
      });
      expect(promotions(testbed)).toEqual([]);
    });
  });

  it('exits with 2 and every reason when the workflow refuses', async () => {
    await onTestbed(async (testbed) => {
      // The pair is so young that no gauge shows replication yet.
      const run = await mqDr(testbed, `${switchover} --yes --watch`);
      expect(run.exitCode).toBe(2);
      expect(run.out).toContain('Refused after');
      expect(run.out).toMatch(/blocker REPLICATION_ABSENT: /);
    });
  });

  it('exits with 3 and the cause when the run fails', async () => {
    await onTestbed(async (testbed) => {
      const line = 'start switchover --pair ordesr --target-region us-west-2 --reason x --yes --watch';
      const run = await mqDr(testbed, line);
      expect(run.exitCode).toBe(3);
      expect(run.out).toMatch(
        /NotFound after \d+ s \(FAILED\)\nno pair "ordesr" is configured \(did you mean "orders"\?\)/,
      );
    });
  });

  it('exits with 3 when the run is stopped', async () => {
    await onTestbed(async (testbed) => {
      const { clock, engine } = testbed;
      await clock.sleepMs(600_000);
      clock.spawn('somebody', async () => {
        await clock.sleepMs(1_000);
        const [run] = engine.executions();
        await testbed
          .client(SFNClient, 'us-west-2')
          .send(new StopExecutionCommand({ executionArn: run?.executionArn, cause: 'stopped by hand' }));
      });
      const run = await mqDr(testbed, `${switchover} --yes --watch`);
      expect(run.exitCode).toBe(3);
      expect(run.out).toContain('(ABORTED)\nstopped by hand\n');
    });
  });

  it('asks for the name of the pair and starts nothing when another was typed', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, switchover, { typed: 'order' });
      expect(run).toMatchObject({ exitCode: 1, out: '' });
      expect(run.err).toBe('UsageError: "order" is not "orders". Nothing was done.\n');
      expect(testbed.engine.executions()).toEqual([]);
    });
  });

  it('refuses without a terminal, and says what to add', async () => {
    await onTestbed(async (testbed) => {
      const run = await mqDr(testbed, switchover);
      expect(run).toMatchObject({ exitCode: 1, asked: [] });
      expect(run.err).toContain('There is no terminal to confirm it on: add --yes. Nothing was done.');
      expect(testbed.engine.executions()).toEqual([]);
    });
  });

  it('takes the input of a file, and starts where nothing else is said in the default Region', async () => {
    await onTestbed(async (testbed) => {
      const input = JSON.stringify({
        ...createReplicaInput(testbed),
        replicaRegion: 'us-east-2',
        dryRun: true,
      });
      const run = await mqDr(testbed, 'start create-replica --input @orders.json --json', {
        readFile: async () => input,
      });
      expect(jsonOf(run)).toMatchObject({ subject: 'orders', region: 'us-east-1', dryRun: true });
    });
  });

  it('starts nothing twice when the answer to the start is lost', async () => {
    await onTestbed(async (testbed) => {
      testbed.aws.faults.start({
        kind: 'connection-reset',
        when: 'after',
        service: 'states',
        operation: 'StartExecution',
        count: 1,
      });
      expect(await mqDr(testbed, `${switchover} --yes`)).toMatchObject({ exitCode: 0 });
      expect(testbed.engine.executions()).toHaveLength(1);
    });
  });

  it('goes on following over a short outage of the network', async () => {
    await onTestbed(async (testbed) => {
      testbed.aws.faults.start({
        kind: 'server-error',
        service: 'states',
        operation: 'DescribeExecution',
        count: 3,
      });
      const run = await mqDr(testbed, `${switchover} --dry-run --watch`);
      expect(run.out).toContain('(cannot check now, the run continues: states:DescribeExecution');
      expect(run.out).toMatch(/after \d+ s\n/);
    });
  });

  it('says what is missing when the operator may not list the workflows', async () => {
    await onTestbed(async (testbed) => {
      testbed.aws.faults.start({
        kind: 'access-denied',
        service: 'states',
        operation: 'ListStateMachines',
      });
      const run = await mqDr(testbed, `${switchover} --yes --json`);
      expect(run.exitCode).toBe(1);
      expect(jsonOf(run)).toMatchObject({ error: { name: 'AccessDenied', exitCode: 1 } });
      expect(run.err).toContain('your own identity needs this permission');
    });
  });
});

describe('Executions', () => {
  it('names the workflow that is deployed when another was asked for', async () => {
    await onTestbed(async (testbed) => {
      const start = new Executions(runtimeOn(testbed), 'us-west-2').start('switch-over', 'name', '{}');
      await expect(start).rejects.toThrow(
        'no state machine "switch-over" is deployed in us-west-2 (did you mean "switchover"?)',
      );
    });
  });
});

describe('a command line of start', () => {
  const nowhere = { aws: {} } as never;

  it.each([
    ['start swichover', 'unknown workflow "swichover" (did you mean "switchover"?)'],
    ['start', "missing required argument 'workflow'"],
    ['start failover --pair o --reason x --target-region us-west-2', 'needs --accept-data-loss'],
    ['start failover --pair o --reason x --accept-data-loss', 'start failover needs --target-region'],
    ['start switchover', 'start switchover needs --pair and --reason and --target-region'],
    ['start switchover --accept-data-loss', 'switchover takes no --accept-data-loss'],
    ['start switchover --dryrun', "unknown option '--dryrun' (Did you mean --dry-run?)"],
    ['strat', "unknown command 'strat' (Did you mean start?)"],
    ['start switchover --input {', '--input is not JSON'],
    ['start switchover --input []', '--input must be a JSON object'],
    ['start switchover --input @nowhere.json', '--input @nowhere.json cannot be read: ENOENT'],
    ['start switchover --poll-seconds 0', 'expected whole seconds from 1 to 300'],
  ])('"%s" is refused: %s', async (line, message) => {
    const run = await runIn(nowhere, line.split(' '));
    expect(run).toMatchObject({ exitCode: 1, out: '' });
    expect(run.err).toContain(message);
    expect(run.err.trimEnd().split('\n')).toHaveLength(1);
  });

  it('shows the help on standard error when no command is given, and on standard output when it is asked for', async () => {
    const none = await runIn(nowhere, []);
    expect(none).toMatchObject({ exitCode: 1, out: '' });
    expect(none.err).toContain('Usage: mq-dr');
    const asked = await runIn(nowhere, ['--help']);
    expect(asked).toMatchObject({ exitCode: 0, err: '' });
    expect(asked.out).toContain('Exit codes: 0 done or started');
  });
});
