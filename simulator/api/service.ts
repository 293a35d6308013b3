/** Members of a request, an answer or a part of one, by name. */
export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One decoded call of an AWS operation, as an embedded service sees it. */
export interface ApiRequest {
  /** From the credential scope of the signature. */
  readonly region: string;
  /** Operation name as the SDK spells it: `CreateBroker`, `StartExecution`. */
  readonly operation: string;
  /** Members in the service's wire names (lower camel case for mq and states, upper for cloudwatch …). */
  readonly input: Members;
  /** The virtual clock's actor that made the call, for the journal. */
  readonly caller: string | undefined;
}

/**
 * An embedded AWS service. It validates its input as the service would, answers with the wire members of the output,
 * and refuses loudly what it does not model.
 */
export interface ApiService {
  /** Signing name: `mq`, `states`, `dynamodb`, `monitoring`, `events`, `sns`, `secretsmanager`, `ssm`, `sts`. */
  readonly signingName: string;
  /** @throws ApiFault for everything the service would answer with an error */
  handle(request: ApiRequest): Promise<Members>;
}

/** An error answer of an embedded service; the protocol layer gives it the service's own wire shape. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  /** The service's error code: `NotFoundException`, `ExecutionDoesNotExist`. */
  readonly code: string;
  readonly statusCode: number;
  /** Further members of the error's body, e.g. `errorAttribute` of mq. */
  readonly details: Members;

  constructor(code: string, statusCode: number, message: string, details: Members = {}) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
    this.details = details;
  }
}
