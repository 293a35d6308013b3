import * as z from 'zod/mini';

/**
 * Domains in addition to Amazon MQ's own to which a broker's password may be sent, each with the names below it. None by
 * default: DescribeBroker names the service's, and another name in its answer is a reason to stop.
 */
export const brokerDomainsSchema = z._default(
  z.array(
    z
      .string()
      .check(
        z.regex(
          /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
          'expected a domain in lower case, such as "mq.example.com"',
        ),
      ),
  ),
  [],
);
