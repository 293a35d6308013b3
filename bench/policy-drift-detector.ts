import { findDrift } from '../functions/policy-drift/find-drift.ts';
import { profileFor } from '../functions/policy-drift/version-profiles.ts';
import { RabbitManagement } from '../functions/shared/adapters/rabbit-management.ts';
import { systemClock } from '../functions/shared/clock.ts';
import { type SendHttp, sendHttp } from '../functions/shared/http-request.ts';
import { fastestMs } from './fastest.ts';
import type { Detection } from './policy-drift.ts';

/* The function's side of the policy-drift bench: detects at the origin it is given, and against the same bare GETs. */

const [origin = '', rounds = '1'] = process.argv.slice(2);
const sent: Parameters<SendHttp>[] = [];
const httpRequest: SendHttp = (...call) => {
  sent.push(call);
  return sendHttp(...call);
};
const credentials = { username: 'administrator', password: 'embedded-Bench-42' };
const management = new RabbitManagement({ clock: systemClock, httpRequest }, { origin, credentials });
const config = { policies: [], undeclared: 'report' as const, exceptions: [] };

const detect = async (): Promise<number> => {
  const cluster = await management.readCluster();
  const profile = profileFor(cluster.version);
  if (profile === undefined) throw new TypeError(`no profile for ${cluster.version}`);
  const facts = { cluster, profile, config, instanceType: 'mq.m5.large', serviceHadItsTime: true, nowMs: 0 };
  return findDrift(facts).findings.length;
};

const findings = await detect();
const calls = [...sent];
// In turns, so that whatever else the host does weighs on both alike.
const [bareMs, detectMs] = await fastestMs(Number(rounds), [
  () => Promise.all(calls.map((call) => sendHttp(...call))),
  detect,
]);
const peakRssMiB = process.resourceUsage().maxRSS / 1_024;
const detection: Detection = { calls: calls.length, bareMs, detectMs, findings, peakRssMiB };
process.send?.(detection);
