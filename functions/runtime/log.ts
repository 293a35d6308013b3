import { Logger } from '@aws-lambda-powertools/logger';
import { printableText } from './printable.ts';

/** Values that may be logged: never a secret, never a whole request. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging, small enough for a game day to collect. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Name and message of an error, as every line about one has them. */
export const errorFields = (error: unknown): LogFields => {
  const { name: errorName, message: errorMessage } = error instanceof Error ? error : new Error(String(error));
  return { errorName, errorMessage };
};

/** Names and reasons come from elsewhere, and somebody reads the line in a terminal. */
const harmless = (_key: string, value: unknown): unknown => (typeof value === 'string' ? printableText(value) : value);

/** JSON lines in the shape that Powertools for AWS Lambda writes. */
export const powertoolsLog = (): Log => {
  const logger = new Logger({ serviceName: 'mq-dr', jsonReplacerFn: harmless });
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
};
