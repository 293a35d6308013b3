import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../functions/readiness/broker-configuration.ts';
import { checkMessageSettings } from '../../../functions/readiness/configuration-checks.ts';
import { readable, readyFacts, said, sidesWith } from '../../support/readiness-facts.ts';

const policy = (inside: string): string =>
  `><destinationPolicy><policyMap><policyEntries>${inside}</policyEntries></policyMap></destinationPolicy></broker>`;
const plugin = (inside: string): string => `><plugins>${inside}</plugins></broker>`;
const strategy = (inside: string): string =>
  policy(`<policyEntry queue="&gt;"><deadLetterStrategy>${inside}</deadLetterStrategy></policyEntry>`);

describe('the settings that touch messages', () => {
  it.each([
    [' deleteAllMessagesOnStartup="true"/>', 'blocker MESSAGES_DELETED_AT_START'],
    [' persistent="false"/>', 'blocker MESSAGES_NOT_STORED'],
    [plugin('<forcePersistencyModeBrokerPlugin/>'), 'blocker MESSAGES_NOT_STORED'],
    [policy('<policyEntry queue="&gt;" gcInactiveDestinations="true"/>'), 'warning QUEUES_COLLECTED'],
    [strategy('<discarding/>'), 'warning DEAD_LETTERS_DISCARDED'],
    [strategy('<sharedDeadLetterStrategy processExpired="false"/>'), 'warning DEAD_LETTERS_DISCARDED'],
    [plugin('<discardingDLQBrokerPlugin dropAll="true"/>'), 'warning DEAD_LETTERS_DISCARDED'],
    [strategy('<individualDeadLetterStrategy queuePrefix="dead."/>'), 'warning DEAD_LETTERS_ELSEWHERE'],
    [
      strategy(
        '<sharedDeadLetterStrategy><deadLetterQueue><queue physicalName="dead"/></deadLetterQueue></sharedDeadLetterStrategy>',
      ),
      'warning DEAD_LETTERS_ELSEWHERE',
    ],
    [plugin('<timeStampingBrokerPlugin/>'), 'warning TIMES_REWRITTEN'],
    [
      policy('<policyEntry><slowConsumerStrategy><abortSlowAckConsumerStrategy/></slowConsumerStrategy></policyEntry>'),
      'warning SCANS_ABORTED',
    ],
    [policy('<policyEntry queue="a" consumersBeforeDispatchStarts="2"/>'), 'warning DISPATCH_DELAYED'],
    [plugin('<redeliveryPlugin/>'), 'warning REDELIVERY_SCHEDULED'],
    ['><networkConnectors><networkConnector name="n"/></networkConnectors></broker>', 'warning NETWORK_OF_BROKERS'],
    [
      '><persistenceAdapter><kahaDB journalDiskSyncStrategy="periodic"/></persistenceAdapter></broker>',
      'warning DISK_NOT_SYNCED',
    ],
  ])('<broker%s is a %s', (rest, finding) => {
    const facts = sidesWith({ configuration: readable('<broker/>') }, { configuration: readable(`<broker${rest}`) });
    expect(said(checkMessageSettings, facts)).toEqual([finding]);
  });

  it.each([
    [' persistent="true" deleteAllMessagesOnStartup="false"/>'],
    [plugin('<forcePersistencyModeBrokerPlugin persistenceFlag="true"/><statisticsBrokerPlugin/>')],
    [policy('<policyEntry queue="&gt;" gcInactiveDestinations="false" consumersBeforeDispatchStarts="0"/>')],
    [strategy('<individualDeadLetterStrategy queuePrefix="DLQ." processExpired="true"/>')],
    ['><persistenceAdapter><kahaDB/></persistenceAdapter></broker>'],
  ])('<broker%s endangers nothing', (rest) => {
    const facts = sidesWith({ configuration: readable(`<broker${rest}`) }, { configuration: readable('<broker/>') });
    expect(said(checkMessageSettings, facts)).toEqual(['ok']);
  });

  it('are shown with the policy that they stand in, each once', () => {
    const entry = '<policyEntry queue="a.&gt;" gcInactiveDestinations="true"/>';
    expect(parseConfiguration(`<broker${policy(entry + entry)}`).risks).toEqual([
      { code: 'QUEUES_COLLECTED', setting: 'policyEntry queue="a.>" gcInactiveDestinations="true"' },
    ]);
    expect(said(checkMessageSettings, readyFacts())).toEqual(['ok']);
  });
});
