import type { Members } from '../../api/service.ts';
import { LinkRefusedError } from './amqp-address.ts';

/** Names of the selector filter: its symbol, and its number 0x0000468C00000004. docs/amazon-mq.md section 14. */
const selectorDescriptors: readonly unknown[] = ['apache.org:selector-filter:string', 0x468c00000004];

const equality = /^\s*JMSMessageID\s*=\s*'((?:[^']|'')*)'\s*$/;

/**
 * The JMSMessageID that a selector asks for.
 *
 * @throws LinkRefusedError for every selector but `JMSMessageID='…'`
 */
const messageIdOfSelector = (selector: string): string => {
  const id = equality.exec(selector)?.[1];
  if (id === undefined) {
    throw new LinkRefusedError(
      'amqp:not-implemented',
      `selector "${selector}" is not modelled: only JMSMessageID='…' is`,
    );
  }
  return id.replaceAll("''", "'");
};

/** A described value of a filter set, as rhea decodes it. */
interface DescribedFilter {
  readonly descriptor?: { readonly value?: unknown };
  readonly value?: unknown;
}

/**
 * The JMSMessageID that a source's filter set asks for; undefined without a filter.
 *
 * @throws LinkRefusedError for every filter but a selector on JMSMessageID
 */
export const messageIdOfFilter = (filter: Members | null | undefined): string | undefined => {
  let id: string | undefined;
  for (const [name, given] of Object.entries(filter ?? {})) {
    const { descriptor, value } = (given ?? {}) as DescribedFilter;
    if (!selectorDescriptors.includes(descriptor?.value) || typeof value !== 'string') {
      throw new LinkRefusedError('amqp:not-implemented', `filter "${name}" is not modelled: only a selector is`);
    }
    id = messageIdOfSelector(value);
  }
  return id;
};
