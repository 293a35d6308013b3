/** Written where a secret stood. */
export const redacted = '[redacted]';

/**
 * Members whose values never reach a journal, by name without case: passwords (users of mq, LDAP), secrets of Secrets
 * Manager, and bodies of queue messages. A notification's `Message` is written for people to read, so it stays.
 */
const secretName = /(password|secretstring|secretbinary)$|^(message)?body$/i;

/**
 * A copy of a request's members without secrets. JSON inside strings (a workflow's input, an event's detail) is
 * searched as well.
 */
export const redactSecrets = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(redactSecrets);
  if (typeof value === 'string') return redactJsonText(value);
  if (value instanceof Uint8Array) return redacted;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secretName.test(name) && member !== undefined && member !== null ? redacted : redactSecrets(member),
    ]),
  );
};

const redactJsonText = (text: string): string => {
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    return JSON.stringify(redactSecrets(JSON.parse(text)));
  } catch {
    return text;
  }
};
