import type { QueueStatistics } from '../broker/embedded-broker.ts';
import type { StoredSubscription } from './broker-record.ts';

/** As the console's page language escapes text (JSTL `c:out`). */
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#034;',
  "'": '&#039;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

/** Lines of the page's own directives and comments come out empty. */
const pageHead = '\n'.repeat(9);

/**
 * `/admin/xml/queues.jsp` as ActiveMQ 5.18 writes it
 * (https://github.com/apache/activemq/blob/activemq-5.18.7/activemq-web-console/src/main/webapp/xml/queues.jsp).
 */
export const queuesPage = (queues: ReadonlyMap<string, QueueStatistics>): string => {
  const rows = [...queues].map(([name, { size, consumers, enqueued, dequeued }]) => {
    const feed = (type: string): string => escaped(`queueBrowse/${name}?view=rss&amp;feedType=${type}`);
    return `
<queue name="${escaped(name)}">

  <stats size="${size}"
         consumerCount="${consumers}"
         enqueueCount="${enqueued}"
         dequeueCount="${dequeued}"/>


  <feed>
    <atom>${feed('atom_1.0')}</atom>
    <rss>${feed('rss_2.0')}</rss>
  </feed>
</queue>
`;
  });
  return `${pageHead}<queues>\n${rows.join('')}\n</queues>\n`;
};

/**
 * `/admin/xml/subscribers.jsp` likewise, with inactive durable subscriptions only: the brokers here have no topics, and a
 * subscription is only declared for them
 * (https://github.com/apache/activemq/blob/activemq-5.18.7/activemq-web-console/src/main/webapp/xml/subscribers.jsp).
 */
export const subscribersPage = (subscriptions: readonly StoredSubscription[]): string => {
  const rows = subscriptions.map(
    ({ clientId, name, topic, pending }) => `
<subscriber clientId="${escaped(clientId)}" 
            subscriptionName="${escaped(name)}" 
            connectionId="NOTSET"
            destinationName="${escaped(topic)}" 
            selector="" 
            active="no" >
  <stats pendingQueueSize="${pending}"
         dispatchedQueueSize="0"
         dispatchedCounter="0"
         enqueueCounter="0"
         dequeueCounter="0"/>

</subscriber>
`,
  );
  return `${pageHead}<subscribers>\n${rows.join('')}\n\n</subscribers>\n`;
};
