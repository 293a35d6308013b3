/** Written where a secret stood. */
export const REDACTED = '[redacted]';

/**
 * Members whose values never reach a journal, by name without case: passwords (users of mq, LDAP), secrets of Secrets
 * Manager, and bodies of queue messages. A notification's `Message` is written for people to read, so it stays.
 */
const SECRET_NAME = /(password|secretstring|secretbinary)$|^(message)?body$/i;

/**
 * A copy of a request's members without secrets. JSON inside strings (a workflow's input, an event's detail) is
 * searched as well.
 */
export function redactSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactSecrets);
  if (typeof value === 'string') return redactJsonText(value);
  if (value instanceof Uint8Array) return REDACTED;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      SECRET_NAME.test(name) && member !== undefined && member !== null ? REDACTED : redactSecrets(member),
    ]),
  );
}

function redactJsonText(text: string): string {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.stringify(redactSecrets(JSON.parse(text)));
  } catch {
    return text;
  }
}
