import type { AmazonMqEvent, AmazonMqRecord } from '../../functions/ledger/lambda-event.ts';

/** A record as https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html shows it, with an id of its own. */
export const exampleRecord = (messageID: string): AmazonMqRecord & Readonly<Record<string, unknown>> => ({
  messageID,
  messageType: 'jms/text-message',
  deliveryMode: 1,
  replyTo: null,
  type: null,
  expiration: '60000',
  priority: 1,
  correlationId: 'myJMSCoID',
  redelivered: false,
  destination: { physicalName: 'orders' },
  data: 'QUJDOkFBQUE=',
  timestamp: 1598827811958,
  brokerInTime: 1598827811958,
  brokerOutTime: 1598827811959,
  properties: { index: '1', doAlarm: 'false', myCustomProperty: 'value' },
});

/** An event with these messages. */
export const amazonMqEvent = (...messages: readonly AmazonMqRecord[]): AmazonMqEvent => ({
  eventSource: 'aws:mq',
  eventSourceArn: 'arn:aws:mq:us-west-2:111122223333:broker:orders:b-9bcfa592-423a-4942-879d-eb284b418fc8',
  messages,
});
