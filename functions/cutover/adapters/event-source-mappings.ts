import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceConflictException,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { type CallPurpose, clientCache, clientSettings } from '../../aws/client-settings.ts';
import { translateError } from '../../aws/translate-error.ts';
import type { Runtime } from '../../runtime/runtime.ts';

const clients = clientCache((runtime, region, purpose) => new LambdaClient(clientSettings(runtime, region, purpose)));

/** Lambda's event-source mappings of one Region. */
export class EventSourceMappings {
  readonly #runtime: Runtime;
  readonly #region: string;

  constructor(runtime: Runtime, region: string) {
    this.#runtime = runtime;
    this.#region = region;
  }

  /**
   * The mapping's state as the service spells it: Creating, Enabling, Enabled, Disabling, Disabled, Updating, Deleting;
   * https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
   *
   * @throws ServiceUnavailable, NotFound, AccessDenied, RequestRejected
   */
  async readState(uuid: string): Promise<string | undefined> {
    const answer = await this.#call('repeatable', 'GetEventSourceMapping', uuid, (client) =>
      client.send(new GetEventSourceMappingCommand({ UUID: uuid })),
    );
    return answer.State;
  }

  /**
   * Asks for a mapping to be enabled or disabled; one attempt. `busy` means that an earlier change is still under way.
   *
   * @throws as `readState`
   */
  async setEnabled(uuid: string, enabled: boolean): Promise<'accepted' | 'busy'> {
    return await this.#call('once', 'UpdateEventSourceMapping', uuid, async (client) => {
      try {
        await client.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: enabled }));
        return 'accepted';
      } catch (error) {
        if (error instanceof ResourceInUseException || error instanceof ResourceConflictException) return 'busy';
        throw error;
      }
    });
  }

  async #call<T>(
    purpose: CallPurpose,
    operation: string,
    uuid: string,
    send: (client: LambdaClient) => Promise<T>,
  ): Promise<T> {
    try {
      return await send(clients(this.#runtime, this.#region, purpose));
    } catch (error) {
      throw translateError(error, { service: 'lambda', operation, region: this.#region, subject: `mapping ${uuid}` });
    }
  }
}
