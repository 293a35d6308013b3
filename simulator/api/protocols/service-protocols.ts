import { type SigningName, serviceModels } from '../service-models.ts';
import { awsJson } from './aws-json.ts';
import { queryXml } from './query-xml.ts';
import { restJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';
import type { WireProtocol } from './wire-protocol.ts';

/** The protocol that the SDK's client of each service speaks by default, by signing name. */
export const serviceProtocols: Readonly<Record<SigningName, WireProtocol>> = {
  mq: restJson(serviceModels.mq),
  states: awsJson({ version: '1.0', serviceTarget: 'AWSStepFunctions' }),
  dynamodb: awsJson({ version: '1.0', serviceTarget: 'DynamoDB_20120810' }),
  monitoring: awsJson({ version: '1.0', serviceTarget: 'GraniteServiceVersion20100801', queryCompatible: true }),
  events: awsJson({ version: '1.1', serviceTarget: 'AWSEvents' }),
  secretsmanager: awsJson({ version: '1.1', serviceTarget: 'secretsmanager' }),
  lambda: restJson(serviceModels.lambda, 'modelled'),
  ssm: awsJson({ version: '1.1', serviceTarget: 'AmazonSSM' }),
  s3: restXml(serviceModels.s3, 'http://s3.amazonaws.com/doc/2006-03-01/'),
  sns: queryXml(serviceModels.sns, 'http://sns.amazonaws.com/doc/2010-03-31/'),
};

/** For answers to calls whose service could not be read or is not served: any client finds the error's name in it. */
export const fallbackProtocol: WireProtocol = restJson(new Map());
