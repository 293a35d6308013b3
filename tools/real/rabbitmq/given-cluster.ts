import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isAwsOwned } from '../../../functions/policy-drift/aws-owned.ts';
import { waitForNodes } from './cluster-health.ts';
import { ManagementClient } from './management-client.ts';
import type { TestCluster } from './test-cluster.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const nodesVariable = 'MQ_DR_RABBITMQ_NODES';
const controlVariable = 'MQ_DR_RABBITMQ_CTL';
const killVariable = 'MQ_DR_RABBITMQ_KILL';
const startVariable = 'MQ_DR_RABBITMQ_START';

/** The management APIs of a running cluster, separated by commas; undefined when the tests start their own. */
export const givenNodes = (environment: Environment): readonly URL[] | undefined =>
  environment[nodesVariable]?.split(',').map((text) => new URL(text.trim()));

/** What can be done with the cluster: with a given one, only what the environment has a command for. */
export const abilities = (environment: Environment): { readonly control: boolean; readonly killing: boolean } => {
  const own = givenNodes(environment) === undefined;
  const has = (...names: readonly string[]): boolean => names.every((name) => environment[name] !== undefined);
  return { control: own || has(controlVariable), killing: own || has(controlVariable, killVariable, startVariable) };
};

/** A command of `docker` and what it starts takes seconds. */
const commandTimeoutMs = 60_000;

const run = promisify(execFile);

interface Named {
  readonly name: string;
}

/**
 * A cluster that somebody else started, in containers for example. Every policy, queue and virtual host in it may be
 * changed, so one that holds anything is refused.
 */
export class GivenCluster implements TestCluster {
  readonly credentials: { readonly username: string; readonly password: string };
  readonly #environment: Environment;
  readonly #origins: readonly string[];

  private constructor(environment: Environment, nodes: readonly URL[]) {
    const [first] = nodes;
    this.#environment = environment;
    this.#origins = nodes.map(({ origin }) => origin);
    this.credentials = {
      username: decodeURIComponent(first?.username ?? ''),
      password: decodeURIComponent(first?.password ?? ''),
    };
  }

  /** @throws Error when the cluster has fewer than three nodes, does not answer, or holds anything already */
  static async open(environment: Environment): Promise<GivenCluster> {
    const nodes = givenNodes(environment) ?? [];
    if (nodes.length < 3 || nodes[0]?.username === '') {
      throw new Error(
        `${nodesVariable} must name three management APIs and a user, such as http://admin:secret@127.0.0.1:15671,http://127.0.0.1:15672,http://127.0.0.1:15673`,
      );
    }
    const cluster = new GivenCluster(environment, nodes);
    await cluster.allRunning();
    const found = await cluster.#contents();
    if (found.length > 0) {
      throw new Error(
        `the cluster of ${nodesVariable} is in use: it has ${found.join(', ')}; give the tests an empty one`,
      );
    }
    return cluster;
  }

  origin(index: number): string {
    const origin = this.#origins[index];
    if (origin === undefined) throw new RangeError(`no node ${index} of ${this.#origins.length}`);
    return origin;
  }

  client(index = 0): ManagementClient {
    return new ManagementClient(this.origin(index), this.credentials);
  }

  async control(args: readonly string[], index = 0): Promise<string> {
    return await this.#command(controlVariable, index, args);
  }

  async kill(index: number): Promise<void> {
    await this.#command(killVariable, index);
  }

  async restart(index: number): Promise<void> {
    await this.#command(startVariable, index);
  }

  async allRunning(): Promise<void> {
    await waitForNodes(this.#origins.map((_origin, index) => this.client(index)));
  }

  /** Takes away what the tests made, and leaves the cluster running. */
  async stop(): Promise<void> {
    const client = this.client();
    for (const name of await this.#vhosts()) await client.delete(`/api/vhosts/${encodeURIComponent(name)}`);
    for (const { name } of await client.get<readonly Named[]>('/api/policies/%2F')) {
      await client.delete(`/api/policies/%2F/${encodeURIComponent(name)}`);
    }
  }

  async #vhosts(): Promise<readonly string[]> {
    const vhosts = await this.client().get<readonly Named[]>('/api/vhosts?columns=name');
    return vhosts.map(({ name }) => name).filter((name) => name !== '/');
  }

  async #contents(): Promise<readonly string[]> {
    const client = this.client();
    const vhosts = await this.#vhosts();
    const queues = await client.get<readonly Named[]>('/api/queues?columns=name');
    const policies = await client.get<readonly Named[]>('/api/policies');
    const own = policies.filter(({ name }) => !isAwsOwned(name));
    return [
      ...vhosts.map((name) => `virtual host ${name}`),
      ...queues.map(({ name }) => `queue ${name}`),
      ...own.map(({ name }) => `policy ${name}`),
    ].slice(0, 5);
  }

  /** Runs the command of a variable, with `{node}` as the node's number from 1. */
  async #command(variable: string, index: number, args: readonly string[] = []): Promise<string> {
    const command = this.#environment[variable];
    if (command === undefined) throw new Error(`set ${variable}, such as "docker kill mq-dr-rabbitmq-{node}"`);
    const [program = '', ...own] = command.replaceAll('{node}', String(index + 1)).split(' ');
    const options = { timeout: commandTimeoutMs, maxBuffer: 64 * 1_024 * 1_024 };
    const { stdout } = await run(program, [...own, ...args], options);
    return stdout;
  }
}
