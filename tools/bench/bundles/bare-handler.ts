import type { BundleParts } from './bundle-parts.ts';

/**
 * Source of a handler that has the clients and commands of `parts`, sends one of each, and does nothing else. Clients are
 * made when it is called, as the functions do: their import is compared, and a client costs more to make than to load.
 */
export const bareHandler = ({ clients, amqp }: BundleParts): string => {
  const imports = [...clients].map(
    ([owner, { client, commands }]) => `import { ${[client, ...commands].join(', ')} } from '${owner}';`,
  );
  const sends = [...clients.values()].flatMap(({ client, commands }) =>
    commands.map((command) => `  await new ${client}({}).send(new ${command}(event));`),
  );
  return [
    ...imports,
    ...(amqp ? ["import rhea from 'rhea';"] : []),
    'export const handler = async (event) => {',
    ...sends,
    ...(amqp ? ['  rhea.create_container().connect(event);'] : []),
    '};',
    '',
  ].join('\n');
};
