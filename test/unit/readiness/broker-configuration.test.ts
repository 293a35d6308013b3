import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../functions/readiness/broker-configuration.ts';

const text = (inside: string, attributes = '') =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
   <!-- a comment -->
   <broker xmlns="http://activemq.apache.org/schema/core" ${attributes}>${inside}</broker>`;

describe('parseConfiguration', () => {
  it('finds nothing special in a bare configuration', () => {
    expect(parseConfiguration(text(''))).toEqual({
      schedulerSupport: false,
      mirroredQueues: false,
      virtualDestinations: [],
      paging: [],
      redelivery: [],
      risks: [],
      other: ['broker'],
    });
  });

  it.each([
    ['schedulerSupport="true"', '', { schedulerSupport: true, mirroredQueues: false }],
    ['schedulerSupport="false"', '', { schedulerSupport: false, mirroredQueues: false }],
    ['useMirroredQueues="TRUE"', '', { mirroredQueues: true }],
    [
      '',
      '<destinationInterceptors><mirroredQueue copyMessage="true"/></destinationInterceptors>',
      { mirroredQueues: true },
    ],
  ])('reads %s%s', (attributes, inside, expected) => {
    expect(parseConfiguration(text(inside, attributes))).toMatchObject(expected);
  });

  it('keeps virtual destinations with what they belong to, and mirrors out of them', () => {
    const { virtualDestinations, mirroredQueues } = parseConfiguration(
      text(
        `<destinationInterceptors>
           <mirroredQueue prefix="m."/>
           <virtualDestinationInterceptor><virtualDestinations>
             <virtualTopic name="&gt;" prefix="C.*."/>
             <compositeQueue name="A"><forwardTo><queue physicalName="B"/></forwardTo></compositeQueue>
           </virtualDestinations></virtualDestinationInterceptor>
         </destinationInterceptors>`,
        'useVirtualTopics="false" useVirtualDestSubs="false"',
      ),
    );
    const above = 'virtualDestinationInterceptor > virtualDestinations > ';
    expect(mirroredQueues).toBe(true);
    expect(virtualDestinations).toEqual([
      'broker useVirtualTopics="false"',
      `${above}compositeQueue name="A"`,
      `${above}compositeQueue name="A" > forwardTo > queue physicalName="B"`,
      `${above}virtualTopic name=">" prefix="C.*."`,
    ]);
  });

  it('tells page sizes and redelivery from everything else', () => {
    const policy = (attributes: string) =>
      `<destinationPolicy><policyMap><policyEntries><policyEntry ${attributes}/></policyEntries></policyMap></destinationPolicy>`;
    const parsed = parseConfiguration(
      text(
        `${policy('queue="&gt;" maxPageSize="200" maxBrowsePageSize="400" gcInactiveDestinations="true"')}
         <plugins>
           <redeliveryPlugin sendToDlqIfMaxRetriesExceeded="true"><redeliveryPolicyMap>
             <redeliveryPolicy queue="A" maximumRedeliveries="4"/></redeliveryPolicyMap></redeliveryPlugin>
           <statisticsBrokerPlugin/>
         </plugins>`,
      ),
    );
    expect(parsed.paging).toEqual(['policyEntry queue=">": maxBrowsePageSize="400" maxPageSize="200"']);
    expect(parsed.redelivery).toHaveLength(2);
    expect(parsed.redelivery[1]).toMatch(/redeliveryPolicy maximumRedeliveries="4" queue="A"$/);
    expect(parsed.other).toEqual([
      'broker',
      'destinationPolicy > policyMap > policyEntries > policyEntry gcInactiveDestinations="true" queue=">"',
      'statisticsBrokerPlugin',
    ]);
    expect(parseConfiguration(text(policy('maxPageSize="50"'))).paging).toEqual([
      'policyEntry (every destination): maxPageSize="50"',
    ]);
  });

  it('takes texts for equal that differ in order, comments and spaces alone', () => {
    const [a, b] = [
      text('<x a="1" b="2"/><!-- c --><y/>', 'p="1" q="2"'),
      '<broker q="2" p="1"><y></y>\n<x b="2"   a="1"/></broker>',
    ].map(parseConfiguration);
    expect(a).toEqual(b);
  });

  it('takes an attribute with the value that it has anyway for unset', () => {
    expect(parseConfiguration(text('', 'useVirtualTopics="true" useVirtualDestSubs="false"'))).toEqual(
      parseConfiguration(text('')),
    );
  });

  it('does not repeat a secret that should not be there', () => {
    const parsed = parseConfiguration(
      text('<networkConnectors><networkConnector password="hunter22"/></networkConnectors>'),
    );
    expect(JSON.stringify(parsed)).not.toContain('hunter22');
  });

  it.each(['', 'no XML', '<broker', '<broker><x></broker>', '<beans/>'])('refuses "%s"', (xml) => {
    expect(() => parseConfiguration(xml)).toThrow();
  });
});
