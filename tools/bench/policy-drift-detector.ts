import { once } from 'node:events';
import { findDrift } from '../../functions/policy-drift/find-drift.ts';
import { RabbitManagement } from '../../functions/policy-drift/rabbitmq/rabbit-management.ts';
import { profileFor } from '../../functions/policy-drift/version-profiles.ts';
import { systemClock } from '../../functions/runtime/clock.ts';
import { type SendHttp, sendHttp } from '../../functions/runtime/http-request.ts';
import type { Detection, DetectionTask } from './detection.ts';
import { quietMs } from './quiet-ms.ts';

/* The function's side of the policy-drift bench: detects where it is told to, and against the same bare GETs. */

const [task] = (await once(process, 'message')) as [DetectionTask];
const { rounds, instanceType, once: isOnce = false, ...access } = task;
const sent: Parameters<SendHttp>[] = [];
const httpRequest: SendHttp = (...call) => {
  const [request, { consume: _rows, ...limits }] = call;
  sent.push([request, limits]);
  return sendHttp(...call);
};
const management = new RabbitManagement({ clock: systemClock, httpRequest }, access);
const config = { policies: [], undeclared: 'report' as const, exceptions: [] };

const detect = async (): Promise<number> => {
  const cluster = await management.readCluster();
  const profile = profileFor(cluster.version);
  if (profile === undefined) throw new TypeError(`no profile for ${cluster.version}`);
  return findDrift({ cluster, profile, config, instanceType, serviceHadItsTime: true, nowMs: 0 }).findings.length;
};

const beganMs = performance.now();
const findings = await detect();
const firstMs = performance.now() - beganMs;
const calls = [...sent];
const bare = (): Promise<unknown> => Promise.all(calls.map((call) => sendHttp(...call)));
const [bareMs, detectMs] = isOnce ? [0, firstMs] : await quietMs(rounds, [bare, detect]);
const peakRssMiB = process.resourceUsage().maxRSS / 1_024;
const detection: Detection = { calls: calls.length, bareMs, detectMs, findings, peakRssMiB };
process.send?.(detection, () => process.disconnect());
