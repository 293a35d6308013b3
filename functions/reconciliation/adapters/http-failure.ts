import { type DrError, ServiceUnavailable, UnexpectedAnswer, UntrustedEndpoint } from '../../runtime/errors.ts';

/** Codes with which Node refuses a certificate: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificateCodes =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT|ERR_SSL|EPROTO|CRL_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';

/** Whether nothing was listening: for a standby's endpoint that is normal. */
export const isRefused = (error: unknown): boolean => codeOf(error) === 'ECONNREFUSED';

/**
 * Gives the failure of a request without an answer the name that the workflows know.
 *
 * @param where what was tried, for the message
 */
export const translateHttpFailure = (error: unknown, where: string): DrError => {
  const code = codeOf(error);
  const details = { where, code };
  const options = { cause: error };
  if (code === 'EMSGSIZE') return new UnexpectedAnswer(`${where} answered with more than is read`, details, options);
  if (certificateCodes.test(code)) {
    return new UntrustedEndpoint(`${where} presented an untrusted certificate (${code})`, details, options);
  }
  return new ServiceUnavailable(`${where} got no answer (${code})`, details, options);
};
