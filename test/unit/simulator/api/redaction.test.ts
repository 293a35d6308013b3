import { describe, expect, it } from 'vitest';
import { redacted, redactSecrets } from '../../../../simulator/api/redaction.ts';

describe('redactSecrets', () => {
  it('removes passwords and secrets at any depth and in any case', () => {
    expect(
      redactSecrets({
        brokerName: 'orders',
        users: [{ username: 'operator', password: 'pw-1', Password: 'pw-2' }],
        ldapServerMetadata: { serviceAccountPassword: 'pw-3', serviceAccountUsername: 'ldap' },
        SecretString: 'pw-4',
        SecretBinary: 'pw-5',
      }),
    ).toEqual({
      brokerName: 'orders',
      users: [{ username: 'operator', password: redacted, Password: redacted }],
      ldapServerMetadata: { serviceAccountPassword: redacted, serviceAccountUsername: 'ldap' },
      SecretString: redacted,
      SecretBinary: redacted,
    });
  });

  it('removes bodies of queue messages and binary values, and keeps notifications', () => {
    expect(
      redactSecrets({
        messageBody: 'x',
        body: 'y',
        blob: new Uint8Array([1]),
        Message: 'paged',
        antibody: 'kept',
        bodyBytes: 3,
      }),
    ).toEqual({
      messageBody: redacted,
      body: redacted,
      blob: redacted,
      Message: 'paged',
      antibody: 'kept',
      bodyBytes: 3,
    });
  });

  it('searches JSON inside strings and leaves other strings alone', () => {
    const input = JSON.stringify({ pair: 'orders', credentials: { password: 'pw' } });
    expect(redactSecrets({ input })).toEqual({
      input: JSON.stringify({ pair: 'orders', credentials: { password: redacted } }),
    });
    expect(redactSecrets({ text: '{not json' })).toEqual({ text: '{not json' });
    expect(redactSecrets('plain')).toBe('plain');
  });

  it('keeps the ARN of a secret, empty values and the shape of everything else', () => {
    const request = {
      secretArn: 'arn:secret',
      password: undefined,
      count: 3,
      flag: false,
      nothing: null,
      list: [1, 'a'],
    };
    expect(redactSecrets(request)).toEqual(request);
  });

  it('does not change what it was given', () => {
    const request = { users: [{ password: 'pw' }] };
    redactSecrets(request);
    expect(request).toEqual({ users: [{ password: 'pw' }] });
  });
});
