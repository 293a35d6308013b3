import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '../wait-until.ts';
import type { Installation } from './installation.ts';

/** What a node is started with. Folders are given as the installation sees them. */
export interface NodeSettings {
  /** Such as `a@localhost`. */
  readonly name: string;
  readonly amqpPort: number;
  readonly managementPort: number;
  /** Erlang's distribution port, and the one for a `rabbitmqctl` that talks to this node. */
  readonly distributionPort: number;
  readonly controlPort: number;
  readonly folder: string;
  /** Environment that all programs of the cluster share: home with the cookie, port of epmd. */
  readonly environment: Readonly<Record<string, string>>;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Further lines of `rabbitmq.conf`. */
  readonly extraConfiguration: readonly string[];
}

/** A node that was told to stop writes its tables first; one that was killed is gone at once. */
const stopPatienceMs = 30_000;

/** One RabbitMQ node in a process group of its own. */
export class ClusterNode {
  readonly settings: NodeSettings;
  readonly #installation: Installation;
  #process: ChildProcess | undefined;

  constructor(settings: NodeSettings, installation: Installation) {
    this.settings = settings;
    this.#installation = installation;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.settings.managementPort}`;
  }

  /** Starts the node and returns at once; whoever needs it looks when it is up. */
  async start(): Promise<void> {
    const { folder, amqpPort, managementPort, distributionPort, credentials, name, environment, extraConfiguration } =
      this.settings;
    const outside = join(this.#installation.root, folder);
    await mkdir(outside, { recursive: true });
    const configuration = [
      `listeners.tcp.default = 127.0.0.1:${amqpPort}`,
      'management.tcp.ip = 127.0.0.1',
      `management.tcp.port = ${managementPort}`,
      `default_user = ${credentials.username}`,
      `default_pass = ${credentials.password}`,
      // The management API shows samples; the shortest interval keeps tests short.
      'collect_statistics_interval = 1000',
      // A small host's disk must not raise an alarm that no test asked for.
      'disk_free_limit.absolute = 50MB',
      'log.file.level = warning',
      ...extraConfiguration,
    ];
    await writeFile(join(outside, 'rabbitmq.conf'), `${configuration.join('\n')}\n`);
    await writeFile(join(outside, 'enabled_plugins'), '[rabbitmq_management].\n');
    const [program, args] = this.#installation.command('rabbitmq-server', []);
    this.#process = spawn(program, args, {
      // A group of its own: the script starts the virtual machine as a child, and both must end.
      detached: true,
      stdio: 'ignore',
      env: {
        ...environment,
        RABBITMQ_NODENAME: name,
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
        RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
        RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'none.config'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
        RABBITMQ_MNESIA_BASE: join(folder, 'data'),
        RABBITMQ_LOG_BASE: join(folder, 'log'),
        RABBITMQ_PID_FILE: join(folder, 'pid'),
        // Two schedulers are plenty, and three nodes share the host.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2',
      },
    });
    this.#process.once('error', () => {});
  }

  /** Ends the node's processes at once, as a failing host does. */
  async kill(): Promise<void> {
    const id = this.#process?.pid;
    this.#process = undefined;
    if (id === undefined) return;
    signalGroup(id, 'SIGKILL');
    await waitUntil(`end of ${this.settings.name}`, stopPatienceMs, async () => (groupLives(id) ? undefined : true));
  }

  /** The end of the node's log, for messages about a node that does not come up. */
  async lastLog(): Promise<string> {
    const file = join(this.#installation.root, this.settings.folder, 'log', `${this.settings.name}.log`);
    return (await readFile(file, 'utf8').catch(() => 'no log')).slice(-2_000);
  }
}

const signalGroup = (id: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-id, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
};

const groupLives = (id: number): boolean => {
  try {
    process.kill(-id, 0);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
};

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ESRCH';
