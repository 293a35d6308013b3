/**
 * A number with a decimal point as Java writes one, where Lambda and STOMP show it. Other protocols write the same number
 * otherwise: a float of 0.1 is 0.10000000149011612 to AMQP, and a double of 7 is 7 there.
 */
const realNumber = /^-?(\d+\.\d+(E-?\d+)?|NaN|Infinity)$/;

/**
 * An application property as the text that every protocol agrees on: a text, a whole number, true or false. Undefined for
 * floats and doubles, also as texts, for whole numbers that the client library has rounded, and for everything else.
 */
export const propertyText = (value: unknown): string | undefined => {
  switch (typeof value) {
    case 'string':
      return realNumber.test(value) ? undefined : value;
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : undefined;
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
};
