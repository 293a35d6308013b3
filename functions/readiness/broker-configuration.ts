import { XMLParser } from 'fast-xml-parser';
import { type ConfigurationElement, type ConfigurationRisk, configurationRisks } from './configuration-risks.ts';

/** What one configuration revision says, as far as two brokers must agree on it. */
export interface BrokerConfiguration {
  /** Whether messages may be scheduled; off by default. */
  readonly schedulerSupport: boolean;
  /** Whether queues are mirrored, by the broker's attribute or by an interceptor. */
  readonly mirroredQueues: boolean;
  /** Virtual topics and composite destinations, one line each, sorted. */
  readonly virtualDestinations: readonly string[];
  /** Page sizes, one line for each policy that sets one, sorted. */
  readonly paging: readonly string[];
  /** Settings of the redelivery plugin, sorted. */
  readonly redelivery: readonly string[];
  /** Everything else, one line for each element, sorted. */
  readonly other: readonly string[];
  /** Settings that touch messages, their replication or their reconciliation, whatever the other broker has. */
  readonly risks: readonly ConfigurationRisk[];
}

type Element = ConfigurationElement;

/** The document as it is written: order kept, values as text, namespaces dropped, no comments. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Secrets have no place in a configuration; where one is all the same, it is not repeated. */
const secretAttribute = /password|secret/i;

const attributesOf = (value: unknown): Element['attributes'] =>
  Object.fromEntries(
    Object.entries(isObject(value) ? value : {})
      .filter(([name]) => name !== 'xmlns' && name !== 'schemaLocation')
      .map(([name, text]) => [name, secretAttribute.test(name) ? '(not shown)' : String(text)]),
  );

/** Elements of the parser's ordered form: objects with the name as key and `:@` for the attributes. */
const elementsOf = (nodes: unknown): readonly Element[] =>
  (Array.isArray(nodes) ? nodes : []).filter(isObject).flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    return [{ name, attributes: attributesOf(node[':@']), children: elementsOf(node[name]) }];
  });

/** Attributes of a policy that limit how many messages are paged in; docs/amazon-mq.md 14.4. */
const pageAttributes: readonly string[] = ['maxPageSize', 'maxBrowsePageSize', 'maxExpirePageSize'];

/** Attributes of the broker that belong to its virtual destinations, with their defaults; docs/amazon-mq.md 8.15. */
const virtualAttributes: Readonly<Record<string, boolean>> = {
  useVirtualTopics: true,
  useVirtualDestSubs: false,
  useVirtualDestSubsOnCreation: false,
};

/** Attributes of the broker that are judged by themselves. */
const judgedAttributes: readonly string[] = ['schedulerSupport', 'useMirroredQueues'];

const shown = (attributes: Element['attributes'], keep: (name: string) => boolean): string =>
  Object.entries(attributes)
    .filter(([name]) => keep(name))
    .map(([name, value]) => ` ${name}="${value}"`)
    .sort()
    .join('');

const flagOf = (element: Element, name: string): boolean => element.attributes[name]?.trim().toLowerCase() === 'true';

/**
 * One line for each element that says something: its own attributes, after those of all elements around it. One without
 * attributes that only holds others has no line of its own.
 */
const linesOf = (element: Element, around: string): readonly string[] => {
  const skipped = element.name === 'policyEntry' ? pageAttributes : [];
  const attributes = shown(element.attributes, (name) => !skipped.includes(name));
  const line = `${around}${element.name}${attributes}`;
  const below = element.children.flatMap((child) => linesOf(child, `${line} > `));
  return attributes === '' && below.length > 0 ? below : [line, ...below];
};

const descendantsOf = (element: Element): readonly Element[] => [element, ...element.children.flatMap(descendantsOf)];

/**
 * Reads the XML of a broker configuration: the order of elements and attributes, comments and spaces do not count.
 *
 * @throws Error when the text is no well-formed XML, or no broker configuration
 */
export const parseConfiguration = (xml: string): BrokerConfiguration => {
  const [broker] = elementsOf(parser.parse(xml, true));
  if (broker?.name !== 'broker') throw new Error(`the outermost element is ${broker?.name ?? 'missing'}, not broker`);
  const sections = { virtualDestinations: [] as string[], redelivery: [] as string[], other: [] as string[] };
  for (const [name, unlessSet] of Object.entries(virtualAttributes)) {
    const set = name in broker.attributes ? flagOf(broker, name) : unlessSet;
    if (set !== unlessSet) sections.virtualDestinations.push(`broker ${name}="${set}"`);
  }
  const apart = [...Object.keys(virtualAttributes), ...judgedAttributes];
  sections.other.push(`broker${shown(broker.attributes, (name) => !apart.includes(name))}`);
  for (const child of broker.children) {
    if (child.name === 'destinationInterceptors') {
      const interceptors = child.children.filter(({ name }) => name !== 'mirroredQueue');
      sections.virtualDestinations.push(...interceptors.flatMap((interceptor) => linesOf(interceptor, '')));
    } else if (child.name === 'plugins') {
      for (const plugin of child.children) {
        sections[plugin.name === 'redeliveryPlugin' ? 'redelivery' : 'other'].push(...linesOf(plugin, ''));
      }
    } else sections.other.push(...linesOf(child, ''));
  }
  const all = descendantsOf(broker);
  const paging = all
    .filter(({ name, attributes }) => name === 'policyEntry' && pageAttributes.some((page) => page in attributes))
    .map(({ attributes }) => {
      const destination = shown(attributes, (name) => name === 'queue' || name === 'topic') || ' (every destination)';
      return `policyEntry${destination}:${shown(attributes, (name) => pageAttributes.includes(name))}`;
    });
  return {
    schedulerSupport: flagOf(broker, 'schedulerSupport'),
    mirroredQueues: flagOf(broker, 'useMirroredQueues') || all.some(({ name }) => name === 'mirroredQueue'),
    virtualDestinations: sections.virtualDestinations.sort(),
    paging: paging.sort(),
    redelivery: sections.redelivery.sort(),
    other: sections.other.sort(),
    risks: configurationRisks(broker),
  };
};
