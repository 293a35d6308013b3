import * as sns from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { queryXml } from '../../../../simulator/api/protocols/query-xml.ts';
import { readSdkModel } from '../../../../simulator/api/sdk-model.ts';
import { decodeText, encodeText } from '../../../../simulator/api/wire-message.ts';

const protocol = queryXml(readSdkModel(sns), 'http://sns.amazonaws.com/doc/2010-03-31/');

const decode = (parameters: Record<string, string>) =>
  protocol.decode({
    method: 'POST',
    path: '/',
    query: {},
    headers: {},
    body: encodeText(new URLSearchParams({ Version: '2010-03-31', ...parameters }).toString()),
  });

describe('the query protocol', () => {
  it('reads texts, maps and lists with the names that the model gives them', () => {
    const published = decode({
      Action: 'Publish',
      Message: 'a & b',
      'MessageAttributes.entry.1.Name': 'kind',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'page',
    });
    expect(published).toEqual({
      operation: 'Publish',
      input: { Message: 'a & b', MessageAttributes: { kind: { DataType: 'String', StringValue: 'page' } } },
    });
    const tagged = decode({
      Action: 'UntagResource',
      ResourceArn: 'arn',
      'TagKeys.member.1': 'a',
      'TagKeys.member.2': 'b',
    });
    expect(tagged.input).toEqual({ ResourceArn: 'arn', TagKeys: ['a', 'b'] });
  });

  it('keeps parameters that the model does not know, so that the service can refuse them', () => {
    expect(decode({ Action: 'Publish', Message: 'm', Massage: 'x' }).input).toEqual({ Message: 'm', Massage: 'x' });
  });

  it('refuses an unknown action', () => {
    expect(() => decode({ Action: 'Shout' })).toThrow('the action "Shout" is not known');
  });

  it('escapes what it writes and leaves out what is undefined', () => {
    const { body } = protocol.encodeOutput(
      'Publish',
      { MessageId: '<1&2>', SequenceNumber: undefined, List: ['a'] },
      'r-1',
    );
    expect(decodeText(body)).toContain(
      '<PublishResult><MessageId>&#60;1&#38;2&#62;</MessageId><List><member>a</member></List></PublishResult>',
    );
  });
});
