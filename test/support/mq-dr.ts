import type { CliIo } from '../../cli/cli-io.ts';
import { runCommand } from '../../cli/run-command.ts';
import type { Approval } from '../../functions/control/approval.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import type { Testbed } from '../../testbed/testbed.ts';
import { fakeRuntime } from './fake-ports.ts';

/** What a command left behind. */
export interface CommandRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** Questions that were asked. */
  readonly asked: readonly string[];
}

/** Anything a command's JSON may hold. */
type Json = Readonly<Record<string, never>>;

/** The one JSON object that a command printed. */
export const jsonOf = ({ out }: CommandRun): Json => JSON.parse(out) as Json;

/** What a test changes around a command; `typed` answers its question. */
export type CommandChanges = Partial<CliIo> & { readonly typed?: string };

/** Runs a command in this process, with io of the test's choice. */
export const runIn = async (
  runtime: Runtime,
  argv: readonly string[],
  changes: CommandChanges = {},
): Promise<CommandRun> => {
  const { typed, ...rest } = changes;
  let out = '';
  let err = '';
  const asked: string[] = [];
  const exitCode = await runCommand(argv, {
    runtime,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    interactive: typed !== undefined,
    ask: async (question) => {
      asked.push(question);
      return typed ?? '';
    },
    readFile: async (path) => {
      throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    },
    userName: 'ann',
    defaultRegion: async () => 'us-east-1',
    ...rest,
  });
  return { exitCode, out, err, asked };
};

/** Milliseconds after which an approval expires unless a test says otherwise. */
const hourMs = 3_600_000;

/** Opens an approval that expires in an hour, unless told otherwise. */
export const openApproval = async ({ clock, operator }: Testbed, changes: Partial<Approval> = {}): Promise<void> => {
  await operator.records.openApproval({
    pair: 'orders',
    approvalId: 'a1b2c3d4e5f6',
    question: 'Reboot the primary of orders now?',
    status: 'open',
    expiresAtMs: clock.nowMs() + hourMs,
    executionArn: 'arn:aws:states:us-east-1:123456789012:execution:create-replica:x',
    ...changes,
  });
};

/** What a command has around it on a test bed. */
export const runtimeOn = ({ aws, clock, random }: Testbed): Runtime => ({
  ...fakeRuntime(),
  clock,
  random,
  aws: aws.clientSettings(),
});

/** Runs a command on a test bed; the command line as a shell splits it where nothing is quoted. */
export const mqDr = (testbed: Testbed, line: string, changes: CommandChanges = {}): Promise<CommandRun> =>
  runIn(runtimeOn(testbed), line.split(' '), changes);
