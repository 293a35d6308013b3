import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { clientCache, clientSettings } from '../../aws/client-settings.ts';
import { translateError } from '../../aws/translate-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';

const clients = clientCache((runtime, region, purpose) => new SSMClient(clientSettings(runtime, region, purpose)));

/** SSM parameters of one Region. */
export class Parameters {
  readonly #runtime: Runtime;
  readonly #region: string;

  constructor(runtime: Runtime, region: string) {
    this.#runtime = runtime;
    this.#region = region;
  }

  /** The value, if the parameter exists. @throws ServiceUnavailable, AccessDenied, RequestRejected */
  async read(name: string): Promise<string | undefined> {
    try {
      const answer = await clients(this.#runtime, this.#region, 'repeatable').send(
        new GetParameterCommand({ Name: name }),
      );
      return answer.Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw translateError(error, { service: 'ssm', operation: 'GetParameter', region: this.#region, subject: name });
    }
  }

  /** Writes the parameter, new or not; one attempt. @throws as `read` */
  async write(name: string, value: string): Promise<void> {
    try {
      await clients(this.#runtime, this.#region, 'once').send(
        new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true }),
      );
    } catch (error) {
      throw translateError(error, { service: 'ssm', operation: 'PutParameter', region: this.#region, subject: name });
    }
  }
}
