import { functions, machines } from './catalogue.ts';
import type { DeploymentConfig } from './config/config.ts';
import { type Policy, wildcardsOf } from './grants/function-policy.ts';
import type { Grant } from './grants/grant.ts';
import { machineWildcards } from './grants/machine-policy.ts';
import { scopesOf } from './grants/scope.ts';

/** A role of a template. */
export interface DocumentedRole {
  readonly name: string;
  readonly policies: readonly Policy[];
}

const code = (text: string): string => `\`${text}\``;

/** ARNs without what all of them share, and brokers by their names. */
const short = (arn: string): string =>
  arn.replace(/^arn:aws:([^:]*):([^:]*):\d*:/, '$1:$2:').replace(/(:broker:[^:]+):b-[0-9a-f-]+$/, '$1');

const list = (values: string | readonly string[]): readonly string[] => [values].flat();

const conditionText = (condition: Policy['Statement'][number]['Condition']): string =>
  condition === undefined ? '' : code(JSON.stringify(condition).replaceAll('|', '\\|'));

/** Statements that every function, or every workflow, has: described once in words. */
const everywhere: readonly string[] = ['Log', 'Trace', 'DeliverLogs'];

const rowsOf = (title: string, { policies }: DocumentedRole): readonly string[] => {
  const statements = policies.flatMap(({ Statement }) => Statement).filter(({ Sid }) => !everywhere.includes(Sid));
  if (statements.length === 0) return [`| ${title} | nothing | | |`];
  return statements.map(({ Effect, Action, Resource, Condition }, index) =>
    [
      '',
      index === 0 ? title : '',
      `${Effect === 'Deny' ? '**not** ' : ''}${list(Action).map(code).join(' ')}`,
      list(Resource).map(short).map(code).join(' '),
      conditionText(Condition),
      '',
    ]
      .join(' | ')
      .trim(),
  );
};

const table = (rows: readonly (readonly string[])[]): readonly string[] => [
  '| who | may | on | only if |',
  '|---|---|---|---|',
  ...rows.flat(),
  '',
];

const unseenOf = (grants: readonly Grant[]): readonly string[] =>
  grants.flatMap(({ action, unusedBecause }) =>
    unusedBecause === undefined ? [] : [`${code(action)}: ${unusedBecause}`],
  );

const bulleted = (lines: Iterable<string>): readonly string[] =>
  [...new Set(lines)].toSorted().map((line) => `- ${line}`);

/** What stands for a function or a workflow in a resource. */
const withoutNames = (resource: string): string =>
  resource.replace(/(\/aws\/lambda\/mq-dr-)[a-z-]+/, '$1<function>').replace(/(execution:)[a-z-]+/, '$1<workflow>');

const roleOf = (roles: readonly DocumentedRole[], name: string): DocumentedRole => {
  const found = roles.find((role) => role.name === name);
  if (found === undefined) throw new TypeError(`the template has no role "${name}"`);
  return found;
};

/**
 * The page `docs/iam.md`: every role of one Region's template, what it may do, and why a wildcard or a right that no
 * rehearsal uses is there.
 *
 * @param roles roles of both stacks of the deployment's first Region
 */
export const iamDocument = (config: DeploymentConfig, roles: readonly DocumentedRole[]): string => {
  const [scope] = scopesOf(config);
  if (scope === undefined) throw new TypeError('a checked deployment has a Region');
  const named = (name: string): DocumentedRole => roleOf(roles, `mq-dr-${name}-${scope.region}`);
  const wildcards = [
    ...functions.flatMap((spec) => wildcardsOf(spec, scope, { inNetwork: true, calledByRules: true })),
    ...machines.flatMap(({ name }) => named(`machine-${name}`).policies.flatMap(machineWildcards)),
  ].flatMap(({ resource, reasons }) => reasons.map((reason) => `${code(withoutNames(short(resource)))}: ${reason}`));
  const approvers = scope.pairs.filter((pair) => pair.approvers.length > 0);
  return [
    '# What each role may do',
    '',
    '<!-- Written by `npm run docs:iam` from the template of infra/config.example.ts: change infra/functions/ or infra/grants/ instead. -->',
    '',
    `The roles of ${code(scope.region)} as \`npm run synth\` makes them from [the example](../infra/config.example.ts). Those of the other Region`,
    'differ only in the Region. ARNs are shown without partition and account. Tests check the rights of functions both ways: every call of',
    'every rehearsal is allowed, and every right is used by one or has its reason below. In addition, every function may write to its own',
    'log group and to X-Ray, and every workflow may deliver its log and its traces.',
    '',
    '## Functions',
    '',
    ...table(functions.map(({ name }) => rowsOf(name, named(name)))),
    '## Workflows',
    '',
    ...table(machines.map(({ name }) => rowsOf(name, named(`machine-${name}`)))),
    '## Schedules and people',
    '',
    ...table([
      ...scope.pairs.map(({ name }) => rowsOf(`schedules of ${name}`, named(`schedules-${name}`))),
      ...approvers.map(({ name }) => rowsOf(`approvers of ${name}`, named(`approver-${name}`))),
    ]),
    '## Rights that no rehearsal uses',
    '',
    ...bulleted(functions.flatMap(({ can }) => unseenOf(can))),
    '',
    '## Wildcards',
    '',
    ...bulleted(wildcards),
    '',
  ].join('\n');
};
