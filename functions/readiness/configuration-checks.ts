import type { Reading } from '../runtime/reading.ts';
import { type BrokerConfiguration, parseConfiguration } from './broker-configuration.ts';
import { blocker, type Check, type CheckResult, findingsOr, ok, warning } from './check.ts';
import type { RiskCode } from './configuration-risks.ts';
import type { MemberFacts, ReadinessFacts } from './readiness-facts.ts';

type Read = readonly { readonly brokerId: string; readonly configuration: Reading<BrokerConfiguration> }[];

const parsed = ({ ref, configuration }: MemberFacts): Read[number] => {
  if (!configuration.known) return { brokerId: ref.brokerId, configuration };
  try {
    return {
      brokerId: ref.brokerId,
      configuration: { known: true, value: parseConfiguration(configuration.value) },
    };
  } catch (error) {
    const reason = `its configuration cannot be parsed: ${error instanceof Error ? error.message : String(error)}`;
    return { brokerId: ref.brokerId, configuration: { known: false, reason } };
  }
};

const read = ({ members }: ReadinessFacts): Read => (members.known ? members.value.map(parsed) : []);

/** Both configurations, where both are known. */
const both = (facts: ReadinessFacts): readonly [BrokerConfiguration, BrokerConfiguration] | undefined => {
  const [a, b] = read(facts).map(({ configuration }) => (configuration.known ? configuration.value : undefined));
  return a === undefined || b === undefined ? undefined : [a, b];
};

const notCompared = ok('not compared; see the check "configurations"');

/** Both configurations can be read: what they hide could lose messages, so this is no detail. */
export const checkConfigurations: Check = (facts) => {
  const configurations = read(facts);
  const unread = configurations.flatMap(({ brokerId, configuration }) =>
    configuration.known
      ? []
      : [
          blocker('CONFIGURATION_UNREADABLE', `the configuration of ${brokerId} is unknown: ${configuration.reason}`, {
            brokerId,
          }),
        ],
  );
  if (configurations.length === 0) return [blocker('CONFIGURATION_UNREADABLE', 'no broker is known')];
  return findingsOr(unread, ok('both configurations can be read'));
};

/** Scheduled messages do not cross before they are due; docs/amazon-mq.md 3.2. */
export const checkScheduler: Check = (facts) =>
  findingsOr(
    read(facts).flatMap(({ brokerId, configuration }) =>
      configuration.known && configuration.value.schedulerSupport
        ? [
            warning(
              'SCHEDULER_ENABLED',
              `${brokerId} allows scheduled messages: messages not yet due are not replicated and will be missing after a failover`,
              { brokerId },
            ),
          ]
        : [],
    ),
    ok('no known configuration allows scheduled messages'),
  );

/** Replication is not available with mirrored queues; docs/amazon-mq.md 1.8. */
export const checkMirroredQueues: Check = (facts) =>
  findingsOr(
    read(facts).flatMap(({ brokerId, configuration }) =>
      configuration.known && configuration.value.mirroredQueues
        ? [
            blocker('MIRRORED_QUEUES', `${brokerId} mirrors its queues, which replication does not support`, {
              brokerId,
            }),
          ]
        : [],
    ),
    ok('no known configuration mirrors queues'),
  );

/** What each risk means; docs/configuration-elements.md says more. */
const riskMeanings: Readonly<Record<RiskCode, string>> = {
  MESSAGES_DELETED_AT_START:
    'deletes all messages whenever it starts: a reboot after a failover loses what is stranded',
  MESSAGES_NOT_STORED: 'does not store messages, and only stored ones are replicated',
  QUEUES_COLLECTED:
    'removes queues that are empty and unused; after a failover such a removal can cross and delete what is stranded on the other broker: attach to no queue that it has removed before the failback',
  DEAD_LETTERS_DISCARDED: 'discards messages that failed or expired: nothing shows afterwards what became of them',
  DEAD_LETTERS_ELSEWHERE:
    'has dead-letter queues under names of its own: exclude them in reconciliation.queues.exclude, or they are scanned like any queue',
  TIMES_REWRITTEN:
    'rewrites creation times for all but AMQP clients: a message of an AMQP producer is not recognised as processed across protocols',
  SCANS_ABORTED: 'aborts consumers that do not acknowledge for a while, which a scan of a deep queue is',
  DISPATCH_DELAYED:
    'waits for more consumers, or for a while, before it offers messages: a scan may see an empty queue',
  REDELIVERY_SCHEDULED: 'keeps messages that wait for their redelivery in the scheduler, which is not replicated',
  NETWORK_OF_BROKERS:
    'moves messages to other brokers of a network: what is forwarded there is not in the pair any more',
  DISK_NOT_SYNCED:
    'does not wait for the disk: what it confirmed within the last second or more may be lost with its host',
};

/** With these no promotion keeps what it promises. */
const blockingRisks: readonly RiskCode[] = ['MESSAGES_DELETED_AT_START', 'MESSAGES_NOT_STORED'];

/** Settings by which one broker's messages go missing, cannot be replicated, or are not seen by a reconciliation. */
export const checkMessageSettings: Check = (facts) =>
  findingsOr(
    read(facts).flatMap(({ brokerId, configuration }) =>
      [...Map.groupBy(configuration.known ? configuration.value.risks : [], ({ code }) => code)].map(
        ([code, risks]) => {
          const judge = blockingRisks.includes(code) ? blocker : warning;
          const settings = risks.map(({ setting }) => setting.slice(0, maxLineCharacters)).slice(0, maxShownLines);
          return judge(code, `${brokerId} ${riskMeanings[code]}`, { brokerId, settings });
        },
      ),
    ),
    ok('no known configuration has a setting that endangers messages'),
  );

/** Differences that a finding shows; the rest is counted. */
const maxShownLines = 10;

/** Characters of a line that a finding shows. */
const maxLineCharacters = 200;

const only = (mine: readonly string[], others: readonly string[]) => {
  const left = [...others];
  const extra = mine.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  return { count: extra.length, lines: extra.slice(0, maxShownLines).map((line) => line.slice(0, maxLineCharacters)) };
};

/** Compares one section of both configurations: its lines where they are equal, each side's own where not. */
const compare = (
  facts: ReadinessFacts,
  section: 'virtualDestinations' | 'paging' | 'redelivery' | 'other',
  differs: (message: string, evidence: CheckResult['evidence']) => CheckResult,
): CheckResult => {
  const configurations = both(facts);
  if (configurations === undefined) return notCompared;
  const [a, b] = configurations.map((configuration) => configuration[section]);
  const [idA, idB] = read(facts).map(({ brokerId }) => brokerId);
  if (a === undefined || b === undefined) return notCompared;
  const [onlyA, onlyB] = [only(a, b), only(b, a)];
  if (onlyA.count + onlyB.count === 0) {
    return ok(`both configurations agree (${section})`, {
      lines: section === 'other' ? a.length : a.slice(0, maxShownLines),
    });
  }
  return differs(
    `${onlyA.count} ${onlyA.count === 1 ? 'line stands' : 'lines stand'} only in the configuration of ${idA}, ${onlyB.count} only in that of ${idB}`,
    { [`only ${idA}`]: onlyA.lines, [`only ${idB}`]: onlyB.lines },
  );
};

/** Virtual destinations route messages on the broker itself: with different ones a promotion sends them elsewhere. */
export const checkVirtualDestinations: Check = (facts) => [
  compare(facts, 'virtualDestinations', (message, evidence) =>
    blocker('VIRTUAL_DESTINATIONS_DIFFER', `virtual destinations differ: ${message}`, evidence),
  ),
];

/** Page sizes bound what browsing and selectors see, so both brokers should have the same; docs/amazon-mq.md 14.4. */
export const checkPaging: Check = (facts) => [
  compare(facts, 'paging', (message, evidence) => warning('PAGING_DIFFERS', `page sizes differ: ${message}`, evidence)),
];

/** How often the broker redelivers before a message is given up. */
export const checkRedelivery: Check = (facts) => [
  compare(facts, 'redelivery', (message, evidence) =>
    warning('REDELIVERY_DIFFERS', `redelivery settings differ: ${message}`, evidence),
  ),
];

/** A configuration is copied once, when the replica is created; later revisions are not. docs/amazon-mq.md 3. */
export const checkOtherSettings: Check = (facts) => [
  compare(facts, 'other', (message, evidence) =>
    warning('CONFIGURATION_DIFFERS', `other settings differ: ${message}`, evidence),
  ),
];
