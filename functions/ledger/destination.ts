import { MessageUnidentifiable } from '../runtime/errors.ts';

/**
 * Who wrote a destination down: the broker its `name`, an AMQP or JMS client an `address`, a STOMP client a `stomp`
 * destination. `/queue/orders` means `orders` to STOMP alone; to everybody else it is a name like any other.
 */
export type DestinationSyntax = 'name' | 'address' | 'stomp';

/** Stands where no queue's name can have it: the broker takes everything from `?` on for options. */
const subscriptionMark = '?subscription=';

const queuePrefix = 'queue://';
const topicPrefix = 'topic://';
const temporaryPrefixes: readonly string[] = ['temp-queue://', 'temp-topic://'];

/** How STOMP writes what an address says: the broker's LegacyFrameTranslator, ActiveMQ 5.18. */
const stompPrefixes: readonly (readonly [string, string])[] = [
  ['/queue/', queuePrefix],
  ['/topic/', topicPrefix],
  ['/temp-queue/', 'temp-queue://'],
  ['/temp-topic/', 'temp-topic://'],
  ['/remote-temp-queue/', 'temp-queue://'],
  ['/remote-temp-topic/', 'temp-topic://'],
];

/** Why no single queue has this name; undefined for one that a queue can have and a client can ask for. */
export const queueNameProblem = (name: string): string | undefined => {
  if (name === '') return 'it is empty';
  if (name.includes('?')) return 'the broker takes what follows a question mark for options';
  if (name.includes(',')) return 'a comma divides a list of queues; name one queue';
  if (/[*>]/.test(name)) return '"*" and ">" stand for several queues; name the queue that the message came from';
  return undefined;
};

const refuse = (text: string, why: string): MessageUnidentifiable =>
  new MessageUnidentifiable(
    `"${text}" is not a destination that the ledger can go by: ${why}. The destination is part of a message's key, since ` +
      'copies on other queues keep its id',
    { destination: text.slice(0, 200) },
  );

/** As the broker reads a destination: trimmed first, then cut at its options (ActiveMQDestination.setPhysicalName, 5.18). */
const withoutOptions = (name: string): string => name.trim().split('?', 1)[0] ?? '';

const addressOf = (text: string, syntax: DestinationSyntax): string => {
  if (syntax === 'name') return `${queuePrefix}${text}`;
  if (syntax === 'address') return text;
  const trimmed = text.trim();
  for (const [stomp, plain] of stompPrefixes) {
    if (trimmed.startsWith(stomp)) return `${plain}${trimmed.slice(stomp.length)}`;
  }
  throw refuse(text, 'STOMP destinations begin with /queue/ or /topic/');
};

/**
 * The name under which the ledger and its readers know the destination of a message: a queue's name as the broker knows
 * it, without prefix, options and the space around it; `topic://<name>?subscription=<subscription>` for a subscription of a
 * topic.
 *
 * @param subscription of a topic: what tells its messages from those of the topic's other subscribers
 * @throws MessageUnidentifiable for a topic without a subscription, wildcards, lists, temporary topics and an empty name
 */
export const canonicalDestination = (text: string, syntax: DestinationSyntax, subscription?: string): string => {
  const address = addressOf(text, syntax);
  if (address.startsWith(topicPrefix)) return subscriptionOf(text, address.slice(topicPrefix.length), subscription);
  const temporary = temporaryPrefixes.find((prefix) => address.startsWith(prefix));
  if (temporary !== undefined) {
    throw refuse(text, 'temporary destinations end with their connection and never reach another Region');
  }
  const rest = address.startsWith(queuePrefix) ? address.slice(queuePrefix.length) : address;
  const name = syntax === 'name' ? rest : withoutOptions(rest);
  const problem = queueNameProblem(name);
  if (problem !== undefined) throw refuse(text, problem);
  return name;
};

const subscriptionOf = (text: string, rest: string, subscription: string | undefined): string => {
  const name = withoutOptions(rest);
  const problem = queueNameProblem(name);
  if (problem !== undefined) throw refuse(text, problem);
  if (subscription === undefined || subscription === '') {
    throw refuse(
      text,
      'every subscriber of a topic gets the same message with the same id, so one would skip what another has processed; ' +
        'pass the subscription, the same in both Regions, or consume from a queue (of a virtual topic: Consumer.<name>.<topic>)',
    );
  }
  return `${topicPrefix}${name}${subscriptionMark}${subscription}`;
};

/** Whether a text is a destination as `canonicalDestination` gives it. */
export const isCanonicalDestination = (text: string): boolean => {
  if (!text.startsWith(topicPrefix)) return queueNameProblem(text) === undefined;
  const [topic = '', ...subscription] = text.slice(topicPrefix.length).split(subscriptionMark);
  return queueNameProblem(topic) === undefined && subscription.join('') !== '';
};
