import { ApiFault } from '../service.ts';
import { encodeText } from '../wire-message.ts';
import { parseJsonObject } from './json-body.ts';
import type { WireProtocol } from './wire-protocol.ts';

export interface AwsJsonOptions {
  readonly version: '1.0' | '1.1';
  /** What stands before the dot of `X-Amz-Target`: `AWSStepFunctions`, `DynamoDB_20120810`. */
  readonly serviceTarget: string;
  /** Whether the service once spoke the query protocol and still names those error codes in a header. */
  readonly queryCompatible?: boolean;
}

/** awsJson1.0 and awsJson1.1 (https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html). */
export const awsJson = (options: AwsJsonOptions): WireProtocol => {
  const contentType = `application/x-amz-json-${options.version}`;
  return {
    decode: (request) => {
      const [target, operation] = (request.headers['x-amz-target'] ?? '').split('.');
      if (target !== options.serviceTarget || operation === undefined || operation === '') {
        throw new ApiFault(
          'UnknownOperationException',
          400,
          `the header X-Amz-Target reads "${request.headers['x-amz-target'] ?? ''}", ` +
            `expected "${options.serviceTarget}.<operation>"`,
        );
      }
      return { operation, input: parseJsonObject(request.body) };
    },
    encodeOutput: (_operation, output, requestId) => ({
      statusCode: 200,
      headers: { 'content-type': contentType, 'x-amzn-requestid': requestId },
      body: encodeText(JSON.stringify(output)),
    }),
    encodeFault: (fault, requestId) => ({
      statusCode: fault.statusCode,
      headers: {
        'content-type': contentType,
        'x-amzn-requestid': requestId,
        ...(options.queryCompatible && {
          'x-amzn-query-error': `${fault.code};${fault.statusCode < 500 ? 'Sender' : 'Receiver'}`,
        }),
      },
      body: encodeText(JSON.stringify({ __type: fault.code, message: fault.message, ...fault.details })),
    }),
  };
};
