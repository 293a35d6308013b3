import type { Grant } from './grants/grant.ts';

/** A set of environment variables, by the schema of `functions/runtime/environment/` that a function parses. */
export type EnvironmentKind = 'pair' | 'reconciliation' | 'cluster' | 'notify' | 'machines';

/** A deployed Lambda function: what the CDK app creates and what a game day calls. */
export interface FunctionSpec {
  readonly name: string;
  /** Module that exports `handler`, from the repository's root. */
  readonly entry: string;
  /** Which environment schemas of `functions/runtime/environment/` it parses. */
  readonly environment: readonly EnvironmentKind[];
  /** What its role allows, in addition to its own log and traces. */
  readonly can: readonly Grant[];
  /** Whether it opens connections to brokers: then it runs in the network of those that are private. */
  readonly contactsBrokers?: true;
  /** Memory in MiB, where it needs more or less than most. */
  readonly memoryMiB?: number;
  /** Seconds, where it must end sooner or later than most; always below its Task's timeout. */
  readonly timeoutSeconds?: number;
}

/** The specs of a folder's functions: `define('assess-reboot', { can: [...] })`. */
export const inFolder =
  (folder: string, environment: readonly EnvironmentKind[]) =>
  (name: string, rest: Omit<FunctionSpec, 'name' | 'entry' | 'environment'> & Partial<FunctionSpec>): FunctionSpec => ({
    name,
    entry: `functions/${folder}/${name}.handler.ts`,
    environment,
    ...rest,
  });
