/** One element of a configuration, as far as it can be judged by itself. */
export interface ConfigurationElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly ConfigurationElement[];
}

/** What a setting does to messages, their replication or their reconciliation; docs/configuration-elements.md explains each. */
export interface ConfigurationRisk {
  readonly code: RiskCode;
  /** The element and the attributes that it is about. */
  readonly setting: string;
}

export type RiskCode =
  | 'MESSAGES_DELETED_AT_START'
  | 'MESSAGES_NOT_STORED'
  | 'QUEUES_COLLECTED'
  | 'DEAD_LETTERS_DISCARDED'
  | 'DEAD_LETTERS_ELSEWHERE'
  | 'TIMES_REWRITTEN'
  | 'SCANS_ABORTED'
  | 'DISPATCH_DELAYED'
  | 'REDELIVERY_SCHEDULED'
  | 'NETWORK_OF_BROKERS'
  | 'DISK_NOT_SYNCED';

type Attributes = ConfigurationElement['attributes'];

/** Elements that say by being there what is to be known. */
const byName: Readonly<Record<string, RiskCode>> = {
  discarding: 'DEAD_LETTERS_DISCARDED',
  discardingDLQBrokerPlugin: 'DEAD_LETTERS_DISCARDED',
  timeStampingBrokerPlugin: 'TIMES_REWRITTEN',
  abortSlowConsumerStrategy: 'SCANS_ABORTED',
  abortSlowAckConsumerStrategy: 'SCANS_ABORTED',
  redeliveryPlugin: 'REDELIVERY_SCHEDULED',
  networkConnector: 'NETWORK_OF_BROKERS',
};

const isTrue = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'true';
const isFalse = (text: string | undefined): boolean => text?.trim().toLowerCase() === 'false';
const isPositive = (text: string | undefined): boolean => Number(text ?? 0) > 0;

/** Names of dead-letter queues that no scan looks into (functions/reconciliation/queue-names.ts). */
const isKnownDeadLetterName = (name: string): boolean => /^(ActiveMQ\.)?DLQ(\.|$)/.test(name);

/** Attributes that say it: which risk, by element and attribute, where the value makes it one. */
const byAttribute: readonly {
  readonly element: string;
  readonly code: RiskCode;
  readonly found: (attributes: Attributes) => readonly string[];
}[] = [
  {
    element: 'broker',
    code: 'MESSAGES_DELETED_AT_START',
    found: ({ deleteAllMessagesOnStartup }) =>
      isTrue(deleteAllMessagesOnStartup) ? ['deleteAllMessagesOnStartup'] : [],
  },
  {
    element: 'broker',
    code: 'MESSAGES_NOT_STORED',
    found: ({ persistent }) => (isFalse(persistent) ? ['persistent'] : []),
  },
  {
    element: 'forcePersistencyModeBrokerPlugin',
    code: 'MESSAGES_NOT_STORED',
    found: ({ persistenceFlag }) => (isTrue(persistenceFlag) ? [] : ['persistenceFlag']),
  },
  {
    element: 'policyEntry',
    code: 'QUEUES_COLLECTED',
    found: ({ gcInactiveDestinations }) => (isTrue(gcInactiveDestinations) ? ['gcInactiveDestinations'] : []),
  },
  {
    element: 'policyEntry',
    code: 'DISPATCH_DELAYED',
    found: (attributes) =>
      ['consumersBeforeDispatchStarts', 'timeBeforeDispatchStarts'].filter((name) => isPositive(attributes[name])),
  },
  ...['individualDeadLetterStrategy', 'sharedDeadLetterStrategy'].map((element) => ({
    element,
    code: 'DEAD_LETTERS_DISCARDED' as const,
    found: ({ processExpired }: Attributes) => (isFalse(processExpired) ? ['processExpired'] : []),
  })),
  {
    element: 'individualDeadLetterStrategy',
    code: 'DEAD_LETTERS_ELSEWHERE',
    found: ({ queuePrefix }) =>
      queuePrefix === undefined || isKnownDeadLetterName(queuePrefix) ? [] : ['queuePrefix'],
  },
  {
    element: 'kahaDB',
    code: 'DISK_NOT_SYNCED',
    found: ({ journalDiskSyncStrategy = 'always' }) =>
      journalDiskSyncStrategy.trim().toLowerCase() === 'always' ? [] : ['journalDiskSyncStrategy'],
  },
];

/** How the element is told from others of its name. */
const placeOf = ({ queue, topic }: Attributes): string =>
  [...(queue === undefined ? [] : [` queue="${queue}"`]), ...(topic === undefined ? [] : [` topic="${topic}"`])].join(
    '',
  );

const own = ({ name, attributes }: ConfigurationElement): readonly ConfigurationRisk[] => {
  const named = byName[name];
  return [
    ...(named === undefined ? [] : [{ code: named, setting: name }]),
    ...byAttribute
      .filter(({ element }) => element === name)
      .flatMap(({ code, found }) => {
        const shown = found(attributes).map((attribute) => ` ${attribute}="${attributes[attribute] ?? ''}"`);
        return shown.length === 0 ? [] : [{ code, setting: `${name}${placeOf(attributes)}${shown.join('')}` }];
      }),
  ];
};

/** Where a shared strategy puts dead letters, if no scan knows that name. */
const sharedElsewhere = (element: ConfigurationElement): readonly ConfigurationRisk[] =>
  element.name !== 'sharedDeadLetterStrategy'
    ? []
    : element.children
        .flatMap(({ children }) => children)
        .flatMap(({ name, attributes: { physicalName } }) =>
          physicalName === undefined || isKnownDeadLetterName(physicalName)
            ? []
            : [
                {
                  code: 'DEAD_LETTERS_ELSEWHERE' as const,
                  setting: `${element.name} > ${name} physicalName="${physicalName}"`,
                },
              ],
        );

/** Settings that touch messages, their replication or their reconciliation, each once, in the order of the document. */
export const configurationRisks = (element: ConfigurationElement): readonly ConfigurationRisk[] => {
  const all = [...own(element), ...sharedElsewhere(element), ...element.children.flatMap(configurationRisks)];
  return all.filter(
    ({ code, setting }, index) => all.findIndex((each) => each.code === code && each.setting === setting) === index,
  );
};
