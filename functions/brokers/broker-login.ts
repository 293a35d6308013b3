import { UnexpectedAnswer } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { type Credentials, readCredentials } from './broker-secrets.ts';

/**
 * Host names that only Amazon MQ gives out
 * (https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/connect-to-amazonmq.html).
 */
const serviceHost = /\.mq\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/** Schemes with TLS under which DescribeBroker names consoles and AMQP endpoints. */
const tlsSchemes: readonly string[] = ['https:', 'amqps:', 'amqp+ssl:'];

/** A login of a broker: its user, and where the password will be sent. */
export interface BrokerLogin {
  readonly secretArn: string;
  /** As DescribeBroker names them. */
  readonly urls: readonly string[];
  /** Domains of the team's own under which its brokers answer, too; none by default. */
  readonly brokerDomains?: readonly string[] | undefined;
}

/** Why a password must not go to a URL; undefined where it may. */
export const loginProblem = (url: string, brokerDomains: readonly string[] = []): string | undefined => {
  if (!URL.canParse(url)) return 'it is not a URL';
  const { protocol, hostname, username, password } = new URL(url);
  if (!tlsSchemes.includes(protocol)) return `"${protocol}" is not one of ${tlsSchemes.join(', ')}`;
  if (username !== '' || password !== '') return 'it names a user';
  const own = brokerDomains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  if (own || serviceHost.test(hostname)) return undefined;
  return `${hostname} is neither of Amazon MQ nor within "brokerDomains" of the settings`;
};

/**
 * The credentials of a broker, which are read only when every URL is one that they may be sent to.
 *
 * @throws UnexpectedAnswer for a URL without TLS or outside Amazon MQ's domains and `brokerDomains`; as `readCredentials`
 */
export const readLogin = async (runtime: Runtime, login: BrokerLogin): Promise<Credentials> => {
  for (const url of login.urls) {
    const problem = loginProblem(url, login.brokerDomains);
    if (problem === undefined) continue;
    throw new UnexpectedAnswer(
      `no password is sent to "${url}", which DescribeBroker names: ${problem}. Check the broker; a domain of your own belongs in "brokerDomains"`,
      { url },
    );
  }
  return await readCredentials(runtime, login.secretArn);
};
