import * as z from 'zod';
import { ApiFault, type ApiRequest, type ApiService, type Members } from '../api/service.ts';
import { type FaultBoard, fits } from './fault-board.ts';
import { notModelledOperation, parseMembers } from './parse-members.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/ : the members of each operation that are modelled. */
const getMappingInput = z.strictObject({ UUID: z.string().min(1) });
const updateMappingInput = z.strictObject({ UUID: z.string().min(1), Enabled: z.boolean() });
const invokeInput = z.strictObject({
  FunctionName: z.string().min(1),
  InvocationType: z.literal('RequestResponse', 'only synchronous invocations are modelled').optional(),
  Payload: z.string(),
});

/** An event-source mapping as it is put into the simulator. */
export interface EventSourceMappingSeed {
  readonly region: string;
  /** The function that consumes. */
  readonly functionName: string;
  /** ARN of the broker that it consumes from. */
  readonly eventSourceArn: string;
  /** Enabled unless said otherwise. */
  readonly enabled?: boolean;
}

interface Mapping extends Required<EventSourceMappingSeed> {
  readonly uuid: string;
  /** Until then it is Enabling or Disabling. */
  readonly settledAtMs: number;
  readonly modifiedAtMs: number;
}

/** A function of a team: gets the payload as JSON, and answers with JSON. */
export type TeamFunction = (payload: unknown) => Promise<unknown>;

export interface LambdaServiceOptions {
  readonly accountId: string;
  readonly nowMs: () => number;
  readonly nextUuid: () => string;
  readonly faults: FaultBoard;
}

/**
 * Virtual time from a change of a mapping to its end. The service documents none; people who script it wait for 30 to 60 s
 * and look again (https://github.com/ustaxcourt/ef-cms/pull/1450).
 */
const settleMs = 30_000;

/** Lambda: event-source mappings and functions that the simulator was set up with. mq-dr's own functions are not among them. */
export class LambdaService implements ApiService {
  readonly signingName = 'lambda';
  readonly #options: LambdaServiceOptions;
  readonly #mappings = new Map<string, Mapping>();
  readonly #functions = new Map<string, TeamFunction>();

  constructor(options: LambdaServiceOptions) {
    this.#options = options;
  }

  /** Adds a mapping and returns its id. */
  addMapping(seed: EventSourceMappingSeed): string {
    const uuid = this.#options.nextUuid();
    const nowMs = this.#options.nowMs();
    this.#mappings.set(uuid, { enabled: true, ...seed, uuid, settledAtMs: nowMs, modifiedAtMs: nowMs });
    return uuid;
  }

  /** Adds a function, or replaces the one with this name, and returns its ARN. */
  addFunction(region: string, name: string, body: TeamFunction): string {
    const arn = this.#functionArn(region, name);
    this.#functions.set(arn, body);
    return arn;
  }

  /** Whether a mapping hands messages to its function: a disabled one does so until it has settled. */
  consumes(uuid: string): boolean {
    const mapping = this.#mappings.get(uuid);
    if (mapping === undefined) throw new TypeError(`the simulator has no event-source mapping ${uuid}`);
    return ['Enabled', 'Disabling'].includes(this.#stateOf(mapping));
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    const call = { service: 'Lambda', operation, invalidCode: 'InvalidParameterValueException' };
    switch (operation) {
      case 'GetEventSourceMapping':
        return this.#view(this.#find(region, parseMembers(getMappingInput, input, call).UUID));
      case 'UpdateEventSourceMapping':
        return this.#update(region, parseMembers(updateMappingInput, input, call));
      case 'Invoke':
        return await this.#invoke(region, parseMembers(invokeInput, input, call));
      default:
        throw notModelledOperation('Lambda', operation);
    }
  }

  #update(region: string, change: z.output<typeof updateMappingInput>): Members {
    const mapping = this.#find(region, change.UUID);
    const nowMs = this.#options.nowMs();
    if (nowMs < mapping.settledAtMs) {
      throw new ApiFault(
        'ResourceInUseException',
        400,
        `Cannot update the event source mapping because it is in use. (state ${this.#stateOf(mapping)})`,
      );
    }
    if (mapping.enabled === change.Enabled) return this.#view(mapping);
    const changed = { ...mapping, enabled: change.Enabled, settledAtMs: nowMs + settleMs, modifiedAtMs: nowMs };
    this.#mappings.set(mapping.uuid, changed);
    return this.#view(changed);
  }

  async #invoke(region: string, { FunctionName, Payload }: z.output<typeof invokeInput>): Promise<Members> {
    const arn = FunctionName.startsWith('arn:') ? FunctionName : this.#functionArn(region, FunctionName);
    const body = arn.split(':')[3] === region ? this.#functions.get(arn) : undefined;
    if (body === undefined) throw new ApiFault('ResourceNotFoundException', 404, `Function not found: ${arn}`);
    const event = parsePayload(Payload);
    const failWhere = (when: 'before' | 'after'): void => {
      const meets = { region, functionName: arn.split(':').at(-1) };
      const failed = this.#options.faults.hit(
        'function-error',
        (fault) =>
          fault.when === when && fits(fault.region, meets.region) && fits(fault.functionName, meets.functionName),
      );
      if (failed !== undefined) throw new TeamFunctionError(`injected by a fault, ${when} the function did its work`);
    };
    try {
      failWhere('before');
      const answer = await body(event);
      failWhere('after');
      return { ExecutedVersion: '$LATEST', Payload: JSON.stringify(answer ?? null) };
    } catch (error) {
      // A function that raises has been invoked well: the call answers 200, and a header tells.
      if (!(error instanceof TeamFunctionError)) throw error;
      const raised = { errorType: error.name, errorMessage: error.message, trace: [] };
      return { ExecutedVersion: '$LATEST', FunctionError: 'Unhandled', Payload: JSON.stringify(raised) };
    }
  }

  #find(region: string, uuid: string): Mapping {
    const mapping = this.#mappings.get(uuid);
    if (mapping?.region === region) return mapping;
    throw new ApiFault('ResourceNotFoundException', 404, 'The resource you requested does not exist.');
  }

  #stateOf({ enabled, settledAtMs }: Mapping): string {
    if (this.#options.nowMs() < settledAtMs) return enabled ? 'Enabling' : 'Disabling';
    return enabled ? 'Enabled' : 'Disabled';
  }

  #view(mapping: Mapping): Members {
    return {
      UUID: mapping.uuid,
      FunctionArn: this.#functionArn(mapping.region, mapping.functionName),
      EventSourceArn: mapping.eventSourceArn,
      State: this.#stateOf(mapping),
      StateTransitionReason: 'USER_INITIATED',
      LastModified: mapping.modifiedAtMs / 1_000,
    };
  }

  #functionArn(region: string, name: string): string {
    return `arn:aws:lambda:${region}:${this.#options.accountId}:function:${name}`;
  }
}

/** What a team's function raises on purpose; any other error is a defect of the simulator. */
export class TeamFunctionError extends Error {
  override readonly name = 'TeamFunctionError';
}

const parsePayload = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFault('InvalidRequestContentException', 400, 'Could not parse request body into json');
  }
};
