import { badRequest } from './mq-fault.ts';

/** What requests may name; docs/amazon-mq.md 8.12. */
const requestableVersions = ['5.19', '5.18', '5.17.6', '5.16.7', '5.15.16'] as const;

/** The patch that stands for "newest" here; the service's own changes with time. */
const newestPatch = 4;

const hasOnlyMinor = (version: string): boolean => version.split('.').length === 2;

/** As DescribeBroker answers: with the patch version, which requests must not name. docs/amazon-mq.md 8.12. */
export const reportedVersion = (version: string): string =>
  hasOnlyMinor(version) ? `${version}.${newestPatch}` : version;

/** Whether a requested version is that of a broker, patch aside. */
export const isSameVersion = (requested: string, version: string): boolean =>
  version === requested || (hasOnlyMinor(requested) && version.startsWith(`${requested}.`));

/** @throws ApiFault BadRequestException for anything that requests may not name, a patch of 5.18 or 5.19 included */
export function checkEngineVersion(text: string): void {
  if (requestableVersions.some((version) => version === text)) return;
  throw badRequest(
    `Broker engine version [${text}] is invalid for broker engine type [ACTIVEMQ]. Valid values: [${requestableVersions.join(', ')}].`,
    'engineVersion',
  );
}
