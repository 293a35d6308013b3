import { ApiFault } from './service.ts';

/** What a Signature Version 4 header says about the call. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name of the service: `mq`, `states`, … */
  readonly service: string;
}

const credential = /^AWS4-HMAC-SHA256 .*?Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/;

/**
 * Reads Region and service from the `Authorization` header's credential scope, so one endpoint can stand for all
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html). The signature itself
 * is not verified: nothing secret is behind it.
 *
 * @throws ApiFault MissingAuthenticationTokenException when the call is not signed
 * @throws ApiFault IncompleteSignatureException when the scope cannot be read
 */
export const readCredentialScope = (headers: Readonly<Record<string, string>>): CredentialScope => {
  const authorization = headers.authorization;
  if (authorization === undefined) {
    throw new ApiFault(
      'MissingAuthenticationTokenException',
      403,
      'the call has no Authorization header, so neither its service nor its Region is known; ' +
        'give the client any credentials, e.g. AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test',
    );
  }
  const [, accessKeyId, , region, service] = credential.exec(authorization) ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) {
    throw new ApiFault(
      'IncompleteSignatureException',
      403,
      'the Authorization header has no credential scope of the form <key>/<date>/<region>/<service>/aws4_request; ' +
        'sign with Signature Version 4',
    );
  }
  return { accessKeyId, region, service };
};
