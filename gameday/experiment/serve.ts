import type { ServedAws } from '../../simulator/world/served-aws.ts';
import type { TestbedListener } from '../../testbed/events.ts';
import { Testbed } from '../../testbed/testbed.ts';
import { testbedReferences } from './references.ts';
import { findScenario } from './scenario/catalogue.ts';
import { loadScenario } from './scenario/load.ts';
import { testbedPlan } from './scenario/testbed-plan.ts';
import type { ServeRequest } from './serve-options.ts';

/** A served test bed, and what one has to know to use it. */
export interface ServedTestbed {
  readonly testbed: Testbed;
  readonly endpoint: ServedAws;
  readonly pairs: readonly string[];
  /** Environment variables that lead an AWS client to the test bed. */
  readonly environment: Readonly<Record<string, string>>;
  /** ARNs of brokers and secrets by name, for inputs. */
  readonly references: ReturnType<typeof testbedReferences>;
}

/**
 * Makes a scenario's test bed and serves it over HTTP on loopback; virtual time then follows the wall clock.
 *
 * @param startMs virtual start, milliseconds since the Unix epoch
 * @param listener hears what happens on it
 * @throws UnknownScenarioError, InvalidScenarioError, PortInUseError
 */
export const serveScenario = async (
  request: ServeRequest,
  startMs: number,
  listener: TestbedListener = {},
): Promise<ServedTestbed> => {
  const { name, file } = await findScenario(request.scenario);
  const { outline } = await loadScenario(name, file);
  const { pairs } = outline.world;
  const testbed = await Testbed.create(testbedPlan(outline, request.seed ?? outline.seed, startMs));
  try {
    testbed.observe(listener);
    const endpoint = await testbed.aws.listen({ host: '127.0.0.1', port: request.port, speed: request.speed });
    return {
      testbed,
      endpoint,
      pairs: Object.keys(pairs),
      environment: {
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_REGION: Object.values(pairs)[0]?.primary.region ?? 'us-east-1',
        // The embedded services check the shape of a signature, never the key.
        AWS_ACCESS_KEY_ID: 'embedded',
        AWS_SECRET_ACCESS_KEY: 'embedded',
      },
      references: testbedReferences(testbed, pairs),
    };
  } catch (error) {
    await testbed.close();
    throw error;
  }
};

/** What to type in another terminal. */
export const serveLines = ({ endpoint, environment, pairs, references }: ServedTestbed): readonly string[] => [
  `serving at ${endpoint.url} until Ctrl-C; in another terminal:`,
  '',
  ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
  ...pairs.map((pair) => `  npx mq-dr status --pair ${pair}`),
  '',
  `brokers and secrets: ${JSON.stringify(references, null, 2)}`,
  '',
];
