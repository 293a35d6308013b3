import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where RabbitMQ's own scripts are in Debian's package; its wrappers in /usr/sbin insist on a user and a folder. */
const scripts = '/usr/lib/rabbitmq/bin';

/** A RabbitMQ that is installed on this machine, or in a folder that `chroot` makes the root of its processes. */
export interface Installation {
  /** Folder in which the installation sees `/`. */
  readonly root: string;
  /** The program and arguments that run one of RabbitMQ's scripts, or another program of the installation. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
}

/**
 * The installation that the tests use: Debian's package, or the one inside `MQ_DR_RABBITMQ_CHROOT`.
 *
 * @throws Error saying how to install it
 */
export const findInstallation = (environment: Readonly<Record<string, string | undefined>>): Installation => {
  const chroot = environment.MQ_DR_RABBITMQ_CHROOT;
  const root = chroot ?? '/';
  if (!existsSync(join(root, scripts, 'rabbitmq-server'))) {
    throw new Error(
      `RabbitMQ is not installed: ${join(root, scripts)} has no rabbitmq-server. Run "npm run real:install -- --only ${
        chroot === undefined ? 'rabbitmq' : 'rabbitmq-4'
      }", or set MQ_DR_WITHOUT_RABBITMQ=1 to leave its tests out`,
    );
  }
  const inside = (program: string): string => (program.startsWith('rabbitmq') ? join(scripts, program) : program);
  return {
    root,
    command: (program, args) =>
      chroot === undefined ? [inside(program), args] : ['chroot', [chroot, inside(program), ...args]],
  };
};
