import * as z from 'zod';
import { ApiFault, type ApiRequest, type ApiService, type Members } from '../api/service.ts';
import { notModelledOperation, parseMembers } from './parse-members.ts';

const getParameterInput = z.strictObject({ Name: z.string().min(1) });

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const putParameterInput = z.strictObject({
  Name: z
    .string()
    .regex(/^[A-Za-z0-9_./-]+$/, 'parameter names hold letters, digits and ._-/')
    .refine((name) => !/^\/?(aws|ssm)/i.test(name), 'parameter names must not begin with aws or ssm'),
  /** The standard tier holds 4 KiB. */
  Value: z
    .string()
    .min(1)
    .refine((value) => Buffer.byteLength(value) <= 4_096, 'standard parameters hold 4096 characters'),
  Type: z.literal('String', 'only parameters of type String are modelled').optional(),
  Overwrite: z.boolean().default(false),
});

/** A parameter as it is now. */
export interface Parameter {
  readonly value: string;
  /** Counts the writes, from 1. */
  readonly version: number;
  readonly modifiedAtMs: number;
}

/** Systems Manager: PutParameter and GetParameter of plain texts. */
export class SsmService implements ApiService {
  readonly signingName = 'ssm';
  readonly #options: { readonly accountId: string; readonly nowMs: () => number };
  readonly #parameters = new Map<string, Parameter>();

  constructor(options: { readonly accountId: string; readonly nowMs: () => number }) {
    this.#options = options;
  }

  /** The parameter, if it exists. */
  parameter(region: string, name: string): Parameter | undefined {
    return this.#parameters.get(keyOf(region, name));
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    const call = { service: 'Systems Manager', operation, invalidCode: 'ValidationException' };
    if (operation === 'PutParameter') return this.#put(region, parseMembers(putParameterInput, input, call));
    if (operation === 'GetParameter') return this.#get(region, parseMembers(getParameterInput, input, call).Name);
    throw notModelledOperation('Systems Manager', operation);
  }

  #put(region: string, { Name, Value, Type, Overwrite }: z.output<typeof putParameterInput>) {
    const known = this.parameter(region, Name);
    if (known !== undefined && !Overwrite) {
      throw new ApiFault(
        'ParameterAlreadyExists',
        400,
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    if (known === undefined && Type === undefined) {
      throw new ApiFault('ValidationException', 400, 'A parameter type is required when you create a parameter.');
    }
    const version = (known?.version ?? 0) + 1;
    this.#parameters.set(keyOf(region, Name), { value: Value, version, modifiedAtMs: this.#options.nowMs() });
    return { Version: version, Tier: 'Standard' };
  }

  #get(region: string, name: string): Members {
    const found = this.parameter(region, name);
    if (found === undefined) throw new ApiFault('ParameterNotFound', 400, `Parameter ${name} not found.`);
    return {
      Parameter: {
        Name: name,
        Type: 'String',
        Value: found.value,
        Version: found.version,
        LastModifiedDate: found.modifiedAtMs / 1_000,
        ARN: `arn:aws:ssm:${region}:${this.#options.accountId}:parameter/${name.replace(/^\//, '')}`,
        DataType: 'text',
      },
    };
  }
}

const keyOf = (region: string, name: string): string => `${region} ${name}`;
