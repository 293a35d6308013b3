import { brokerArnSchema } from '../../functions/config/broker-arn.ts';
import { didYouMean } from '../../functions/runtime/nearest-name.ts';
import { loadDeployment } from '../../infra/config/load-deployment.ts';
import type { BrokerAt } from './read-pair.ts';
import { VerifyError } from './verify-error.ts';

/**
 * The brokers that a person means by a pair's name or by one broker's ARN.
 *
 * @throws VerifyError for neither; ConfigurationError for a configuration that is none
 */
export const findBrokers = async (pair: string, config: string): Promise<readonly BrokerAt[]> => {
  if (pair.startsWith('arn:')) {
    const parsed = brokerArnSchema.safeParse(pair);
    if (parsed.success) return [parsed.data];
    throw new VerifyError(`"${pair}" is no ARN of a broker: arn:aws:mq:<region>:<account>:broker:<name>:<b-…>`);
  }
  const { pairs } = await loadDeployment(config);
  const found = pairs.find(({ name }) => name === pair);
  if (found !== undefined) return found.brokers;
  const names = pairs.map(({ name }) => name);
  throw new VerifyError(`${config} has no pair "${pair}"${didYouMean(pair, names)}`);
};
