import { runCommand } from '../../cli/run-command.ts';
import type { Surroundings } from '../../cli/surroundings.ts';
import type { Approval } from '../../functions/control/approval.ts';
import { ControlItems } from '../../functions/control/control-items.ts';
import { ControlTable } from '../../functions/control/control-table.ts';
import { GuardTable } from '../../functions/control/guard-table.ts';
import { HeartbeatTable } from '../../functions/control/heartbeat-table.ts';
import type { Runtime } from '../../functions/runtime/runtime.ts';
import { fakeRuntime } from './fake-ports.ts';
import { WorkflowStage } from './workflow-stage.ts';

/** What a command left behind. */
export interface CommandRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** Questions that were asked. */
  readonly asked: readonly string[];
}

/** The Control table of a stage, as its own functions see it; for actors of the stage's clock. */
export const controlOf = (stage: {
  readonly clock: Runtime['clock'];
  readonly aws: Runtime['aws'];
}): { readonly items: ControlItems; readonly records: ControlTable; readonly heartbeats: HeartbeatTable } => {
  const runtime = { ...fakeRuntime(), clock: stage.clock, aws: stage.aws };
  const items = new ControlItems(runtime, { region: 'us-east-2', tableName: 'mq-dr-control' });
  return { items, records: new ControlTable(items), heartbeats: new HeartbeatTable(items) };
};

/** Anything a command's JSON may hold. */
type Json = Readonly<Record<string, never>>;

/** The one JSON object that a command printed. */
export const jsonOf = ({ out }: CommandRun): Json => JSON.parse(out) as Json;

/** Runs a command in this process, with surroundings of the test's choice. */
export const runIn = async (
  runtime: Runtime,
  argv: readonly string[],
  changes: Partial<Surroundings> & { readonly typed?: string } = {},
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

/** An operator of the pair `orders` (us-east-1, us-west-2) on a stage in this process. */
export class OperatorStage {
  readonly workflows: WorkflowStage;
  readonly runtime: Runtime;
  readonly items: ControlItems;
  readonly records: ControlTable;
  readonly heartbeats: HeartbeatTable;

  constructor(workflows: WorkflowStage) {
    const { aws, clock } = workflows.stage;
    this.workflows = workflows;
    this.runtime = { ...fakeRuntime(), clock, random: aws.randomStream('operator'), aws: aws.clientSettings() };
    ({ items: this.items, records: this.records, heartbeats: this.heartbeats } = controlOf(this.runtime));
  }

  static async create(): Promise<OperatorStage> {
    return new OperatorStage(await WorkflowStage.create({ paired: true }));
  }

  guards(scope = 'PAIR#orders'): GuardTable {
    return new GuardTable(this.items, scope);
  }

  /** Milliseconds since the Unix epoch, on the stage. */
  nowMs(): number {
    return this.runtime.clock.nowMs();
  }

  /** Opens an approval that expires in an hour, unless told otherwise. */
  async openApproval(changes: Partial<Approval> = {}): Promise<void> {
    await this.records.openApproval({
      pair: 'orders',
      approvalId: 'a1b2c3d4e5f6',
      question: 'Reboot the primary of orders now?',
      status: 'open',
      expiresAtMs: this.nowMs() + 3_600_000,
      executionArn: 'arn:aws:states:us-east-1:123456789012:execution:create-replica:x',
      ...changes,
    });
  }

  /** Runs `body` as an actor of the stage's clock. */
  play<T>(body: () => Promise<T>): Promise<T> {
    return this.workflows.play(body);
  }

  /** A command line as a shell splits it where nothing is quoted. */
  async mqDr(line: string, changes: Partial<Surroundings> & { readonly typed?: string } = {}): Promise<CommandRun> {
    return await runIn(this.runtime, line.split(' '), changes);
  }
}
