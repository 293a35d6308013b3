import * as z from 'zod';
import { ApiFault, type ApiRequest, type ApiService, type Members } from '../api/service.ts';
import { notModelledOperation, parseMembers } from './parse-members.ts';

const getSecretValueInput = z.strictObject({
  SecretId: z.string().min(1),
  VersionStage: z.string().optional(),
});

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value: string;
  readonly versionId: string;
  readonly createdMs: number;
}

/** The only version that a secret of the simulator has. */
const current = 'AWSCURRENT';

/** Secrets Manager: GetSecretValue of secrets that the simulator was set up with. */
export class SecretsManagerService implements ApiService {
  readonly signingName = 'secretsmanager';
  readonly #secrets = new Map<string, Secret[]>();

  /** Puts a secret, or a new value of it, into a Region. */
  put(region: string, secret: Secret): void {
    const others = (this.#secrets.get(region) ?? []).filter((other) => other.arn !== secret.arn);
    this.#secrets.set(region, [...others, secret]);
  }

  async handle(request: ApiRequest): Promise<Members> {
    const { region, operation, input } = request;
    if (operation !== 'GetSecretValue') throw notModelledOperation('Secrets Manager', operation);
    const call = { service: 'Secrets Manager', operation, invalidCode: 'InvalidParameterException' };
    const { SecretId, VersionStage = current } = parseMembers(getSecretValueInput, input, call);
    const secret = (this.#secrets.get(region) ?? []).find(({ arn, name }) => arn === SecretId || name === SecretId);
    if (secret === undefined) {
      throw new ApiFault('ResourceNotFoundException', 400, "Secrets Manager can't find the specified secret.");
    }
    if (VersionStage !== current) {
      throw new ApiFault(
        'ResourceNotFoundException',
        400,
        `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`,
      );
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: secret.versionId,
      SecretString: secret.value,
      VersionStages: [current],
      CreatedDate: secret.createdMs / 1_000,
    };
  }
}
