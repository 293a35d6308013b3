import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../free-ports.ts';
import { waitUntil } from '../wait-until.ts';
import { nodePatienceMs, waitForNodes } from './cluster-health.ts';
import { ClusterNode } from './cluster-node.ts';
import type { Installation } from './installation.ts';
import { ManagementClient } from './management-client.ts';
import type { TestCluster } from './test-cluster.ts';

/** `rabbitmqctl` starts a virtual machine of its own, which takes some seconds. */
const controlTimeoutMs = 60_000;

const run = promisify(execFile);

/**
 * A three-node cluster of RabbitMQ on free loopback ports, with its own names, folders, cookie and port mapper.
 * Whatever it starts is ended by the process id it was started with.
 */
export class RealCluster implements TestCluster {
  readonly #nodes: readonly ClusterNode[];
  readonly credentials: { readonly username: string; readonly password: string };
  readonly #installation: Installation;
  readonly #folder: string;
  readonly #portMapper: ChildProcess;

  private constructor(
    nodes: readonly ClusterNode[],
    credentials: { readonly username: string; readonly password: string },
    started: { readonly installation: Installation; readonly folder: string; readonly portMapper: ChildProcess },
  ) {
    this.#nodes = nodes;
    this.credentials = credentials;
    this.#installation = started.installation;
    this.#folder = started.folder;
    this.#portMapper = started.portMapper;
  }

  /**
   * Starts three nodes and joins them.
   *
   * @param extraConfiguration further lines of every node's `rabbitmq.conf`
   * @throws Error with the end of a node's log when one does not come up
   */
  static async start(installation: Installation, extraConfiguration: readonly string[] = []): Promise<RealCluster> {
    const temporary = join(installation.root, 'tmp');
    const outside = await mkdtemp(join(temporary, 'mq-dr-rabbit-'));
    const folder = join('/tmp', outside.slice(temporary.length));
    const [mapperPort = 0, ...ports] = await freePorts(13);
    const environment = {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: folder,
      LANG: 'C.UTF-8',
      ERL_EPMD_PORT: String(mapperPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
    };
    await writeFile(join(outside, '.erlang.cookie'), randomBytes(16).toString('hex'), { mode: 0o400 });
    const [program, args] = installation.command('epmd', ['-port', String(mapperPort), '-address', '127.0.0.1']);
    const portMapper = spawn(program, args, { stdio: 'ignore', env: environment });
    portMapper.once('error', () => {});
    const credentials = { username: 'administrator', password: randomBytes(12).toString('hex') };
    const nodes = ['a', 'b', 'c'].map((letter, index) => {
      const [amqpPort = 0, managementPort = 0, distributionPort = 0, controlPort = 0] = ports.slice(index * 4);
      const own = { amqpPort, managementPort, distributionPort, controlPort, folder: join(folder, letter) };
      return new ClusterNode(
        { name: `${letter}@localhost`, ...own, environment, credentials, extraConfiguration },
        installation,
      );
    });
    const cluster = new RealCluster(nodes, credentials, { installation, folder: outside, portMapper });
    try {
      await mkdir(outside, { recursive: true });
      await Promise.all(nodes.map((node) => node.start()));
      await Promise.all(nodes.map((node) => cluster.#answers(node)));
      await cluster.#join();
      await cluster.allRunning();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  #node(index: number): ClusterNode {
    const node = this.#nodes[index];
    if (node === undefined) throw new RangeError(`no node ${index} of ${this.#nodes.length}`);
    return node;
  }

  origin(index: number): string {
    return this.#node(index).origin;
  }

  client(index = 0): ManagementClient {
    return new ManagementClient(this.origin(index), this.credentials);
  }

  async kill(index: number): Promise<void> {
    await this.#node(index).kill();
  }

  async restart(index: number): Promise<void> {
    await this.#node(index).start();
  }

  async control(args: readonly string[], index = 0): Promise<string> {
    const { name, environment, controlPort, folder } = this.#node(index).settings;
    const [program, all] = this.#installation.command('rabbitmqctl', ['--quiet', '--node', name, ...args]);
    const env = {
      ...environment,
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_CTL_DIST_PORT_MIN: String(controlPort),
      RABBITMQ_CTL_DIST_PORT_MAX: String(controlPort),
    };
    const { stdout } = await run(program, [...all], { env, timeout: controlTimeoutMs, maxBuffer: 64 * 1_024 * 1_024 });
    return stdout;
  }

  async allRunning(): Promise<void> {
    await waitForNodes(this.#nodes.map((_node, index) => this.client(index)));
  }

  /** Ends every process that it started, and removes its folders. */
  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()));
    if (this.#portMapper.exitCode === null && this.#portMapper.signalCode === null && this.#portMapper.pid) {
      this.#portMapper.kill('SIGKILL');
      await once(this.#portMapper, 'exit');
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #answers(node: ClusterNode): Promise<void> {
    const client = new ManagementClient(node.origin, this.credentials);
    try {
      await waitUntil(`management API of ${node.settings.name}`, nodePatienceMs, () => client.get('/api/overview'));
    } catch (error) {
      throw new Error(`${String(error)}; its log ends with: ${await node.lastLog()}`, { cause: error });
    }
  }

  async #join(): Promise<void> {
    const first = this.#node(0).settings.name;
    // One after the other: two nodes that join at the same time may refuse each other.
    for (const [index] of this.#nodes.entries()) {
      if (index === 0) continue;
      await this.control(['stop_app'], index);
      await this.control(['join_cluster', first], index);
      await this.control(['start_app'], index);
    }
  }
}
