import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import { packageVersion } from '../../infra/package-version.ts';
import { installActiveMq, installDynamoDbLocal, installMessagingClients } from './install-from-maven.ts';
import { activeMq, dynamoDbLocal, messagingClients } from './programs.ts';

/** One program that tests under test/real need. */
interface Installer {
  readonly name: string;
  readonly description: string;
  /** Whether it is part of a run without `--only`. */
  readonly byDefault: boolean;
  readonly isInstalled: () => boolean;
  readonly install: () => void;
}

/** Where `rabbitmq-4` puts its own Debian, unless told otherwise. */
const chrootFolder = process.env.MQ_DR_RABBITMQ_CHROOT ?? '/opt/mq-dr/rabbitmq-4';

/** @throws Error naming the command and how it ended */
const run = (program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): void => {
  const { status, signal, error } = spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  if (status === 0) return;
  const why = error?.message ?? (signal === null ? `exit ${status}` : `signal ${signal}`);
  throw new Error(
    `"${[program, ...args].join(' ')}" failed (${why}); it needs root and Debian's package mirror, or Maven Central`,
  );
};

const aptInstall = (...packages: readonly string[]): void => {
  run('apt-get', ['update', '-qq']);
  // In run level 1 invoke-rc.d starts no service: the tests start brokers of their own.
  const environment = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], environment);
};

const rabbitServer = 'usr/lib/rabbitmq/bin/rabbitmq-server';

const isMounted = (folder: string): boolean =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === folder);

/** Erlang reads /proc and /dev. What is bound already is left alone: binds pile up. */
const bind = (what: string): void => {
  const folder = join(chrootFolder, what);
  if (!isMounted(folder)) run('mount', ['--bind', what, folder]);
};

const isOnPath = (program: string): boolean =>
  spawnSync(program, ['-version'], { stdio: 'ignore' }).error === undefined;

/** Java to run and to compile, and Maven to fetch. */
const needJava = (): void => {
  const missing = [...(isOnPath('javac') ? [] : ['default-jdk-headless']), ...(isOnPath('mvn') ? [] : ['maven'])];
  if (missing.length > 0) aptInstall(...missing);
};

const installers: readonly Installer[] = [
  {
    name: 'chromium',
    description: "Debian's Chromium, for the report page",
    byDefault: true,
    isInstalled: () => existsSync(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'),
    install: () => aptInstall('chromium'),
  },
  {
    name: 'rabbitmq',
    description: "Debian's rabbitmq-server, without starting its service",
    byDefault: true,
    isInstalled: () => existsSync(join('/', rabbitServer)),
    install: () => aptInstall('rabbitmq-server'),
  },
  {
    name: 'activemq',
    description:
      `Apache ActiveMQ ${activeMq.version} (MQ_DR_ACTIVEMQ_VERSION) from Maven Central in ${activeMq.folder}, and clients of AMQP ` +
      'and MQTT, with Java and Maven where missing',
    byDefault: true,
    isInstalled: () => isOnPath('javac') && [activeMq, messagingClients].every(({ folder }) => existsSync(folder)),
    install: () => {
      needJava();
      if (!existsSync(activeMq.folder)) installActiveMq(run);
      if (!existsSync(messagingClients.folder)) installMessagingClients(run);
    },
  },
  {
    name: 'dynamodb-local',
    description: `DynamoDB Local from Maven Central in ${dynamoDbLocal.folder}, with Java and Maven where missing`,
    byDefault: true,
    isInstalled: () => isOnPath('java') && existsSync(dynamoDbLocal.folder),
    install: () => {
      needJava();
      if (!existsSync(dynamoDbLocal.folder)) installDynamoDbLocal(run);
    },
  },
  {
    name: 'rabbitmq-4',
    description: `RabbitMQ 4.0 of Debian trixie in ${chrootFolder} (370 MB); use it with MQ_DR_RABBITMQ_CHROOT=${chrootFolder}`,
    byDefault: false,
    isInstalled: () =>
      existsSync(join(chrootFolder, rabbitServer)) &&
      ['/proc', '/dev'].every((what) => isMounted(join(chrootFolder, what))),
    install: () => {
      if (!existsSync(join(chrootFolder, rabbitServer))) {
        aptInstall('debootstrap');
        mkdirSync(chrootFolder, { recursive: true });
        run('debootstrap', ['--variant=minbase', '--include=rabbitmq-server', 'trixie', chrootFolder]);
      }
      bind('/proc');
      bind('/dev');
    },
  },
];

const names = installers.map(({ name }) => name);

const program = new Command('real-install')
  .description('Install what the tests under test/real need. Needs root on a Debian system.')
  .addOption(new Option('--only <names...>', `install only these: ${names.join(', ')}`))
  .addHelpText(
    'after',
    () => `\n${installers.map(({ name, description }) => `  ${name.padEnd(16)}${description}`).join('\n')}`,
  )
  .version(packageVersion)
  .showHelpAfterError()
  .action(({ only }: { readonly only?: readonly string[] }) => {
    const unknown = only?.find((name) => !names.includes(name));
    if (unknown !== undefined)
      program.error(`error: unknown installer "${unknown}"${didYouMean(unknown, names)}`, { exitCode: 1 });
    for (const { name, byDefault, isInstalled, install } of installers) {
      if (only === undefined ? !byDefault : !only.includes(name)) continue;
      if (isInstalled()) {
        console.log(`${name}: installed already`);
        continue;
      }
      console.log(`${name}: installing`);
      try {
        install();
      } catch (error) {
        program.error(`error: ${name}: ${error instanceof Error ? error.message : String(error)}`, { exitCode: 1 });
      }
      if (!isInstalled()) program.error(`error: ${name}: was installed and is not found`, { exitCode: 1 });
    }
  });

program.parse();
