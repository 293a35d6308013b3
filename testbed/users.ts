/** Users of every simulated broker, as the secrets hold them; the passwords exist in this process only. */
export const users = {
  console: { username: 'operator', password: 'embedded-Operator-42' },
  replication: { username: 'replicator', password: 'embedded-Replicator-42' },
  application: { username: 'application', password: 'embedded-Application-42' },
  /** Of RabbitMQ clusters. */
  administrator: { username: 'administrator', password: 'embedded-Administrator-42' },
} as const;

/** Values that must never be written down. */
export const passwords = (): readonly string[] => Object.values(users).map(({ password }) => password);

/** Users of an ActiveMQ broker, as the simulator is told of them. */
export const brokerUsers = [
  { ...users.console, consoleAccess: true },
  { ...users.replication, replicationUser: true },
  users.application,
];

/** ARNs of the secrets that hold the users of the brokers. */
export type SecretArns = Readonly<Record<'console' | 'replication' | 'application', string>>;
