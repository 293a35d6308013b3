import type { Metafile } from 'esbuild';

/** What a bundle has of the AWS SDK and of AMQP: what a bare handler for the same work could not do without. */
export interface BundleParts {
  /** By package, such as `@aws-sdk/client-mq`. */
  readonly clients: ReadonlyMap<string, ClientParts>;
  /** Whether rhea, the AMQP library, is in it. */
  readonly amqp: boolean;
}

interface ClientParts {
  /** Class of the client, such as `MqClient`. */
  readonly client: string;
  readonly commands: readonly string[];
}

const clientPattern = /(?:^|\/)node_modules\/(@aws-sdk\/client-[^/]+)\/dist-es\/(\w+Client)\.js$/;
const commandPattern = /(?:^|\/)node_modules\/(@aws-sdk\/client-[^/]+)\/dist-es\/commands\/(\w+Command)\.js$/;

/** Reads the parts off esbuild's account of one output file. */
export const bundleParts = ({ inputs }: Pick<Metafile['outputs'][string], 'inputs'>): BundleParts => {
  // esbuild also lists what it looked at and took nothing of.
  const paths = Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
  const commandsOf = (owner: string): readonly string[] =>
    paths.flatMap((path) => {
      const [, found, command] = commandPattern.exec(path) ?? [];
      return found === owner && command !== undefined ? [command] : [];
    });
  const clients = paths.flatMap((path) => {
    const [, owner, client] = clientPattern.exec(path) ?? [];
    if (owner === undefined || client === undefined) return [];
    return [[owner, { client, commands: [...commandsOf(owner)].sort() }] as const];
  });
  return {
    clients: new Map(clients.sort(([a], [b]) => a.localeCompare(b))),
    amqp: paths.some((path) => path.includes('node_modules/rhea/')),
  };
};
