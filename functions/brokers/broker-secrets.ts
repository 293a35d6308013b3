import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { clientCache, clientSettings } from '../aws/client-settings.ts';
import { translateError } from '../aws/translate-error.ts';
import { InvalidInput, SecretUnusable } from '../runtime/errors.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** A user name and its password; never logged, never part of a result. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const clients = clientCache(
  (runtime, region, purpose) => new SecretsManagerClient(clientSettings(runtime, region, purpose)),
);

/** The layout in which Secrets Manager keeps database credentials; further members are allowed. */
const credentialsSchema = z.object({
  username: z.string().check(z.minLength(1)),
  password: z.string().check(z.minLength(1)),
});

/**
 * Reads `{"username": …, "password": …}` from the secret, in the Region that its ARN names.
 *
 * @throws InvalidInput for something that is no secret ARN, SecretUnusable for another content, NotFound,
 * AccessDenied, ServiceUnavailable
 */
export const readCredentials = async (runtime: Runtime, secretArn: string): Promise<Credentials> => {
  const region = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):/.exec(secretArn)?.[1];
  if (region === undefined) {
    // What is no ARN at all may be the secret itself, pasted in error: it is not repeated.
    const found = secretArn.startsWith('arn:') ? `"${secretArn}"` : 'the text given (not shown)';
    throw new InvalidInput(
      `${found} is not a Secrets Manager ARN (arn:aws:secretsmanager:<region>:<account>:secret:…)`,
    );
  }
  const subject = secretArn;
  const answer = await clients(runtime, region, 'repeatable')
    .send(new GetSecretValueCommand({ SecretId: secretArn }))
    .catch((error: unknown) => {
      throw translateError(error, { service: 'secretsmanager', operation: 'GetSecretValue', region, subject });
    });
  const parsed = credentialsSchema.safeParse(parseJson(answer.SecretString));
  if (parsed.success) return { username: parsed.data.username, password: parsed.data.password };
  throw new SecretUnusable(
    `secret ${secretArn} must be a JSON object with the non-empty texts "username" and "password"`,
    { secretArn },
  );
};

const parseJson = (value: string | undefined): unknown => {
  try {
    return JSON.parse(value ?? '');
  } catch {
    return undefined;
  }
};
