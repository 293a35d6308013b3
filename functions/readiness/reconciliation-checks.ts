import { cutoverOf } from '../config/cutover-config.ts';
import { secretOf } from '../config/reconciliation-config.ts';
import { blocker, type Check, type CheckResult, findingsOr, ok, warning } from './check.ts';
import type { ReadinessFacts } from './readiness-facts.ts';

/** Result of every check of the ledger for a pair that has none. */
const noLedger = ok('the pair has no ledger');

/** Consumers are held by something in the Region of each broker. */
const judgeHold = ({ pair, members }: ReadinessFacts): readonly [CheckResult, ...CheckResult[]] => {
  const { holdMappings, holdFunctionArn } = cutoverOf(pair);
  const regions = members.known ? members.value.map(({ ref }) => ref.region) : [];
  return findingsOr(
    regions
      .filter((region) => (holdMappings[region] ?? []).length === 0 && holdFunctionArn[region] === undefined)
      .map((region) =>
        warning(
          'HOLD_NOT_CONFIGURED',
          `consumers must be held, and neither "holdMappings" nor "holdFunctionArn" of "cutover" says how in ${region}`,
          { region },
        ),
      ),
    ok('consumers are held during a promotion'),
  );
};

/**
 * What keeps a message from taking effect twice after a promotion: consumers that stand still until it is reconciled, or
 * a ledger that they ask themselves. docs/amazon-mq.md 5.4.
 */
export const checkConsumers: Check = (facts) => {
  const { pair, ledger, nowMs } = facts;
  if (cutoverOf(pair).consumers === 'hold') return judgeHold(facts);
  const twice =
    'consumers keep running during a promotion, so messages whose acknowledgements were not replicated are processed twice';
  const { reconciliation } = pair;
  if (reconciliation === undefined) {
    return [blocker('CONSUMERS_LIVE_WITHOUT_LEDGER', `${twice}: the pair has no ledger`)];
  }
  const { ledgerStart } = reconciliation;
  if (Date.parse(ledgerStart) > nowMs) {
    return [
      blocker('CONSUMERS_LIVE_WITHOUT_LEDGER', `${twice}: the ledger begins only at ${ledgerStart}`, { ledgerStart }),
    ];
  }
  return ledger.known
    ? [ok('consumers keep running during a promotion and check the ledger')]
    : [blocker('CONSUMERS_LIVE_WITHOUT_LEDGER', `${twice}: the ledger cannot be read`)];
};

/** The ledger's table in this Region answers, and its consumers have begun to write to it. */
export const checkLedger: Check = ({ pair, ledger, nowMs }) => {
  const { reconciliation } = pair;
  if (reconciliation === undefined) return [noLedger];
  const { ledgerStart } = reconciliation;
  return findingsOr(
    [
      ...(ledger.known
        ? []
        : [
            warning(
              'LEDGER_UNREADABLE',
              `the ledger of this Region cannot be read, so nothing could be reconciled: ${ledger.reason}`,
            ),
          ]),
      ...(Date.parse(ledgerStart) > nowMs
        ? [
            warning(
              'LEDGER_NOT_STARTED',
              `the ledger begins at ${ledgerStart}: until then the absence of a message proves nothing`,
              { ledgerStart },
            ),
          ]
        : []),
    ],
    ok('the ledger of this Region can be read', { ledgerStart }),
  );
};

/** Whichever broker is promoted, its Region has a secret to reconcile with. */
export const checkReconciliationSecrets: Check = ({ pair, members }) => {
  const { reconciliation } = pair;
  if (reconciliation === undefined) return [noLedger];
  if (!members.known) return [ok('not compared; see the check "brokers"')];
  const regions = members.value.map(({ ref }) => ref.region);
  return findingsOr(
    regions
      .filter((region) => secretOf(reconciliation.secretArns, region) === undefined)
      .map((region) =>
        warning(
          'RECONCILIATION_SECRET_MISSING',
          `none of the secrets in "reconciliation.secretArns" is in ${region}: a promotion there could not be reconciled`,
          { region },
        ),
      ),
    ok('each Region has a secret to reconcile with', { regions }),
  );
};
