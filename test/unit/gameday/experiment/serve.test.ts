import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { serveLines, serveScenario } from '../../../../gameday/experiment/serve.ts';
import { parseServeArguments } from '../../../../gameday/experiment/serve-options.ts';

const root = resolve(import.meta.dirname, '../../../..');
const startMs = Date.UTC(2026, 0, 5, 9);

const serveProcess = (...args: readonly string[]): ChildProcess =>
  spawn(join(root, 'node_modules/.bin/node'), [join(root, 'gameday/serve.ts'), ...args], { cwd: root });

describe('gameday:serve', () => {
  it('serves the scenario and tells how to reach it', async () => {
    const served = await serveScenario(parseServeArguments([]), startMs);
    try {
      expect(served).toMatchObject({
        pairs: ['billing'],
        environment: { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: served.endpoint.url },
        references: { pairs: { billing: { primary: { arn: expect.stringMatching(/^arn:aws:mq:/) } } } },
      });
      const lines = serveLines(served);
      expect(lines).toContain(`  export AWS_ENDPOINT_URL=${served.endpoint.url}`);
      expect(lines).toContain('  npx mq-dr status --pair billing');
    } finally {
      await served.testbed.close();
    }
  });

  it('prints one JSON object, answers AWS calls, and ends by a signal', async () => {
    const process = serveProcess('--json');
    try {
      const [line] = (await once(createInterface({ input: process.stdout ?? failed() }), 'line')) as [string];
      const { url } = JSON.parse(line) as { url: string };
      const client = new SFNClient({
        region: 'us-west-2',
        endpoint: url,
        credentials: { accessKeyId: 'k', secretAccessKey: 's' },
      });
      const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
      expect(stateMachines.map(({ name }) => name)).toContain('switchover');
    } finally {
      process.kill('SIGTERM');
    }
    expect((await once(process, 'exit'))[0]).toBe(0);
  });

  it.each([
    [['--scenario', 'healty-idle'], 'did you mean "healthy-idle"?'],
    [['--prot', '1'], "unknown option '--prot'\n(Did you mean --port?)"],
    [['--speed', '0'], 'A speed is a whole number from 1 to 3600.'],
    [['--port', '70000'], 'A port is a whole number from 0 to 65535.'],
  ])('refuses %j by name', async (args, message) => {
    const process = serveProcess(...args);
    let told = '';
    process.stderr?.on('data', (text: Buffer) => {
      told += text.toString();
    });
    expect((await once(process, 'close'))[0]).toBe(1);
    expect(told).toContain(message);
  });
});

const failed = (): never => {
  throw new TypeError('the process has no standard output');
};
