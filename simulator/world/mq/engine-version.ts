import { badRequest } from './mq-fault.ts';

/** What requests may name; docs/amazon-mq.md 8.12. */
const requestableVersions = ['5.19', '5.18'] as const;

/** The patch that stands for "newest" here; the service's own changes with time. */
const newestPatch = 4;

const hasOnlyMinor = (version: string): boolean => version.split('.').length === 2;

/** As DescribeBroker answers: with the patch version, which requests must not name. docs/amazon-mq.md 8.12. */
export const reportedVersion = (version: string): string =>
  hasOnlyMinor(version) ? `${version}.${newestPatch}` : version;

/** Whether a requested version is that of a broker, patch aside. */
export const isSameVersion = (requested: string, version: string): boolean =>
  version === requested || (hasOnlyMinor(requested) && version.startsWith(`${requested}.`));

/** Whether a broker of this version must take upgrades by itself (docs/amazon-mq.md 8.13). */
const upgradesItself = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 18);
};

/** @throws ApiFault BadRequestException in the words of the service */
export const checkAutoUpgrade = (version: string, autoMinorVersionUpgrade: boolean | undefined): void => {
  if (autoMinorVersionUpgrade !== false || !upgradesItself(version)) return;
  const minor = version.split('.').slice(0, 2).join('.');
  throw badRequest(
    `Brokers on [ActiveMQ] version [${minor}] must have [autoMinorVersionUpgrade] set to [true].`,
    'autoMinorVersionUpgrade',
  );
};

/** @throws ApiFault BadRequestException for anything that requests may not name, a patch of 5.18 or 5.19 included */
export const checkRequestableVersion = (text: string): void => {
  if (requestableVersions.some((version) => version === text)) return;
  throw badRequest(
    `Broker engine version [${text}] is invalid for broker engine type [ACTIVEMQ]. Valid values: [${requestableVersions.join(', ')}].`,
    'engineVersion',
  );
};
