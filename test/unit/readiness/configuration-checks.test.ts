import { describe, expect, it } from 'vitest';
import {
  checkConfigurations,
  checkMirroredQueues,
  checkOtherSettings,
  checkPaging,
  checkRedelivery,
  checkScheduler,
  checkVirtualDestinations,
} from '../../../functions/readiness/configuration-checks.ts';
import { readable, readyFacts, said, sidesWith } from '../../support/readiness-facts.ts';

const texts = (east: string, west: string) =>
  sidesWith(
    { configuration: readable(`<broker${east}</broker>`) },
    { configuration: readable(`<broker${west}</broker>`) },
  );
const unread = sidesWith({ configuration: { known: false, reason: 'denied' } });

const topic = (name: string) =>
  `><destinationInterceptors><virtualDestinationInterceptor><virtualTopic name="${name}"/></virtualDestinationInterceptor></destinationInterceptors>`;
const pages = (size: number) => `><policyMap><policyEntry queue="a" maxPageSize="${size}"/></policyMap>`;
const redelivery = (count: number) => `><plugins><redeliveryPlugin count="${count}"/></plugins>`;

describe('checkConfigurations', () => {
  it('takes a configuration that cannot be read, or not understood, for no good one', () => {
    expect(said(checkConfigurations, readyFacts())).toEqual(['ok']);
    expect(said(checkConfigurations, unread)).toEqual(['blocker CONFIGURATION_UNREADABLE']);
    const broken = sidesWith({ configuration: readable('<broker>') });
    expect(said(checkConfigurations, broken)).toEqual(['blocker CONFIGURATION_UNREADABLE']);
    const nobody = readyFacts({ members: { known: false, reason: 'no record' } });
    expect(said(checkConfigurations, nobody)).toEqual(['blocker CONFIGURATION_UNREADABLE']);
  });
});

describe('what one configuration says by itself', () => {
  it('warns of scheduled messages on either broker', () => {
    expect(said(checkScheduler, readyFacts())).toEqual(['ok']);
    expect(said(checkScheduler, texts(' schedulerSupport="true">', '>'))).toEqual(['warning SCHEDULER_ENABLED']);
    expect(said(checkScheduler, texts('>', ' schedulerSupport="true">'))).toEqual(['warning SCHEDULER_ENABLED']);
  });

  it('blocks mirrored queues, also where the other configuration is unknown', () => {
    expect(said(checkMirroredQueues, readyFacts())).toEqual(['ok']);
    expect(said(checkMirroredQueues, texts('>', ' useMirroredQueues="true">'))).toEqual(['blocker MIRRORED_QUEUES']);
    const other = sidesWith(
      { configuration: { known: false, reason: 'denied' } },
      { configuration: readable('<broker useMirroredQueues="true"/>') },
    );
    expect(said(checkMirroredQueues, other)).toEqual(['blocker MIRRORED_QUEUES']);
  });
});

describe.each([
  ['virtual destinations', checkVirtualDestinations, topic('A'), topic('B'), 'blocker VIRTUAL_DESTINATIONS_DIFFER'],
  ['page sizes', checkPaging, pages(200), pages(400), 'warning PAGING_DIFFERS'],
  ['redelivery', checkRedelivery, redelivery(1), redelivery(2), 'warning REDELIVERY_DIFFERS'],
  ['other settings', checkOtherSettings, ' a="1">', ' a="2">', 'warning CONFIGURATION_DIFFERS'],
] as const)('the comparison of %s', (_name, check, one, another, finding) => {
  it('finds what only one configuration has, and shows it', () => {
    expect(said(check, texts(one, one))).toEqual(['ok']);
    expect(said(check, texts(one, another))).toEqual([finding]);
    const [result] = check(texts(one, another));
    expect(Object.values(result.evidence).map((lines) => (lines as string[]).length)).toEqual([1, 1]);
  });

  it('is left to the check of the configurations where one is unknown', () => {
    expect(said(check, unread)).toEqual(['ok']);
  });
});

it('counts equal lines, so that a second one is a difference', () => {
  const entry = '<statisticsBrokerPlugin/>';
  const facts = texts(`><plugins>${entry}${entry}</plugins>`, `><plugins>${entry}</plugins>`);
  expect(said(checkOtherSettings, facts)).toEqual(['warning CONFIGURATION_DIFFERS']);
});

it('shows ten lines of a long difference and counts the rest', () => {
  const many = Array.from({ length: 30 }, (_unused, index) => `<x n="${index}" ${'y'.repeat(300)}="1"/>`).join('');
  const [result] = checkOtherSettings(texts(`>${many}`, '>'));
  expect(result.message).toContain('30 lines');
  const [lines] = Object.values(result.evidence) as string[][];
  expect(lines).toHaveLength(10);
  expect(lines?.[0]).toHaveLength(200);
});
