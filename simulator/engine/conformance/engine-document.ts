import { type ClaimSet, claimSets, neverRaised } from './claims.ts';
import { type Use, usesOf } from './uses.ts';
import { definitionOf, expectationOf, type Vector, type VectorGroup } from './vector.ts';

const documentHead = `# The embedded Step Functions engine

<!-- Written by \`npm run docs:engine\` from simulator/engine/conformance/vectors/: change those instead. -->

\`simulator/engine\` runs the files in \`statemachines/\` in rehearsals and tests, on a virtual clock. It is no replacement for AWS
Step Functions, where they run in production: it carries out the part of the States Language below as a Standard workflow
does, and refuses every other definition by name when a machine is created.`;

const limits = `What differs from the service, and no row can show: a parent learns of its child's end at once rather than within seconds;
jitter, \`$random\` and \`$uuid\` come from the run's seed; an evaluation is bounded by its steps rather than by a second; nothing is
throttled.`;

/** Text for a cell: a bar would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (text: string): string => `\`${text}\``;

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows].join('\n');

/** The page that a claim comes from, by its name. */
const sourceLink = (source: string): string => {
  if (source === 'engine') return "the engine's own";
  const { hostname, pathname, hash } = new URL(source);
  const page = pathname.split('/').findLast((part) => part !== '') ?? hostname;
  return `[${page.replace(/\.html$/, '')}${hash}](${source})`;
};

const outcome = (vector: Vector): string => {
  if (vector.yields !== undefined) {
    const text = JSON.stringify(vector.yields);
    return text.length <= 60 ? code(text) : 'a value';
  }
  const { status, error } = expectationOf(vector) ?? {};
  return error === undefined ? `${status}` : `${status}, ${code(error)}`;
};

const groupSection = (group: VectorGroup): string => {
  const rows = group.vectors.map((vector) =>
    vector.refused === undefined
      ? row(cell(vector.claim), cell(outcome(vector)), sourceLink(vector.source))
      : row(
          cell(vector.claim),
          vector.refused.map(({ path, says }) => `${code(cell(path))}: ${cell(says)}`).join('<br>'),
          sourceLink(vector.source),
        ),
  );
  const head =
    group.vectors[0]?.refused === undefined ? ['claim', 'ends', 'source'] : ['refused', 'problems', 'source'];
  return [`## ${group.title}`, ...(group.about === undefined ? [] : [group.about]), table(head, rows)].join('\n\n');
};

const shortName = (use: Use): string => use.replace(/^(resource|error|event|field) /, '');

const claimRow = ({ title, names }: ClaimSet, counts: ReadonlyMap<Use, number>): string => {
  const owner = `${title.replace('Fields of ', '')}.`;
  const shown = names.map((name) => `${code(shortName(name).replace(owner, ''))} ${counts.get(name) ?? 0}`);
  return row(title, shown.join(', '));
};

const countUses = (vectors: readonly Vector[]): ReadonlyMap<Use, number> => {
  const counts = new Map<Use, number>();
  for (const vector of vectors) for (const use of usesOf(vector)) counts.set(use, (counts.get(use) ?? 0) + 1);
  return counts;
};

/** Names that the engine's code has and no vector shows; a claim without proof. */
export const unshownClaims = (groups: readonly VectorGroup[]): readonly string[] => {
  const vectors = groups.flatMap((group) => group.vectors);
  return claimSets.flatMap((claims) => {
    const counts = countUses(
      vectors.filter((vector) => (vector.refused !== undefined) === (claims.shownBy === 'refusal')),
    );
    return claims.names.filter((name) => !counts.has(name)).map((name) => `${claims.title}: ${shortName(name)}`);
  });
};

/** The text of docs/engine.md. */
export const engineDocument = (groups: readonly VectorGroup[]): string => {
  const vectors = groups.flatMap((group) => group.vectors);
  const refusals = vectors.filter((vector) => vector.refused !== undefined);
  const executions = vectors.filter((vector) => vector.refused === undefined);
  const machines = new Set(vectors.map((vector) => JSON.stringify(definitionOf(vector))));
  const sets = (shownBy: ClaimSet['shownBy'], counts: ReadonlyMap<Use, number>): readonly string[] =>
    claimSets.filter((claims) => claims.shownBy === shownBy).map((claims) => claimRow(claims, counts));
  return `${[
    documentHead,
    `Every row is a conformance vector: a definition, its input, the answers of its functions, and what must come of it. There are ${vectors.length}
of them with ${machines.size} different definitions: ${executions.length} are carried out, ${refusals.length} are refused. \`npm test\` runs them all, and fails if the engine's code
takes a field, function, member, error or event that no vector shows.`,
    limits,
    '## What is carried out',
    'The number says how many vectors use it.',
    table(['part', 'names'], sets('execution', countUses(executions))),
    `\`ErrorEquals\` may also name ${neverRaised.map(code).join(', ')}, which nothing here raises.`,
    '## What is refused by name',
    table(['part', 'names'], sets('refusal', countUses(refusals))),
    ...groups.map(groupSection),
  ].join('\n\n')}\n`;
};
