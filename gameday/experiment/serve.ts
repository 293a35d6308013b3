import type { ServedAws } from '../../simulator/world/served-aws.ts';
import { findScenario } from './scenario/catalogue.ts';
import { loadScenario } from './scenario/load.ts';
import type { ServeRequest } from './serve-options.ts';
import type { ExerciseStage, StageFactory, StageObserver } from './stage-port.ts';
import type { Json } from './step.ts';

/** A served stage, and what one has to know to use it. */
export interface ServedStage {
  readonly stage: ExerciseStage;
  readonly endpoint: ServedAws;
  readonly pairs: readonly string[];
  /** Environment variables that lead an AWS client to the stage. */
  readonly environment: Readonly<Record<string, string>>;
  /** ARNs of brokers and secrets by name, for inputs. */
  readonly references: { readonly [key: string]: Json };
}

/** What happens on a served stage that is worth a line. */
export type ServeEvents = Pick<StageObserver, 'statusChange' | 'notification'>;

const ignore = (): void => {};

/**
 * Builds a scenario's stage at this moment's time and serves it.
 *
 * @param startMs virtual start, milliseconds since the Unix epoch
 * @throws UnknownScenarioError, InvalidScenarioError, PortInUseError
 */
export const serveScenario = async (
  request: ServeRequest,
  createStage: StageFactory,
  startMs: number,
  events: ServeEvents,
): Promise<ServedStage> => {
  const { name, file } = await findScenario(request.scenario);
  const { outline } = await loadScenario(name, file);
  const { pairs } = outline.world;
  const stage = await createStage({ seed: request.seed ?? outline.seed, startMs, ...outline.world });
  try {
    stage.observe({ brokersChanged: ignore, apiCall: ignore, transition: ignore, log: ignore, ...events });
    const endpoint = await stage.listen({ host: '127.0.0.1', port: request.port, speed: request.speed });
    return {
      stage,
      endpoint,
      pairs: Object.keys(pairs),
      environment: {
        AWS_ENDPOINT_URL: endpoint.url,
        AWS_REGION: Object.values(pairs)[0]?.primary.region ?? 'us-east-1',
        // The embedded services check the shape of a signature, never the key.
        AWS_ACCESS_KEY_ID: 'embedded',
        AWS_SECRET_ACCESS_KEY: 'embedded',
      },
      references: stage.references(),
    };
  } catch (error) {
    await stage.close();
    throw error;
  }
};

/** What to type in another terminal. */
export const serveLines = ({ endpoint, environment, pairs, references }: ServedStage): readonly string[] => [
  `serving at ${endpoint.url} until Ctrl-C; in another terminal:`,
  '',
  ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
  ...pairs.map((pair) => `  npx mq-dr status --pair ${pair}`),
  '',
  `brokers and secrets: ${JSON.stringify(references, null, 2)}`,
  '',
];
