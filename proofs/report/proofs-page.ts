import { count } from '../../testbed/page/format.ts';
import { html, type Markup } from '../../testbed/page/html.ts';
import { style } from '../../testbed/page/style.ts';
import { table } from '../../testbed/page/table.ts';
import type { ProofName, ProofResult } from '../runner/proof-result.ts';
import { gridStyle, gridTable } from './grid-table.ts';

/** What each check shows, in a sentence. */
const claims: Readonly<Record<ProofName, string>> = {
  static:
    'Every way through every definition, under every answer that its functions may give, keeps the rules; and every definition that lacks one of its safeguards breaks one.',
  crash:
    'A handler that dies before or after any of its calls, and a run that is stopped or times out in any Task, leave nothing that the next try or the next run does not repair.',
  faults:
    'However the calls of a Task fail, the run ends as its definition allows, with its first error, and the next run ends as the undisturbed one does.',
  schedules: 'Random schedules of traffic, operators, events, faults and crashes break none of the promises.',
};

/** Failures that the page spells out; the JSON has all of them. */
const shownFailures = 50;

const isGood = ({ failed, mutants, mutantsKilled }: ProofResult): boolean => failed === 0 && mutants === mutantsKilled;

const killedOf = ({ mutants, mutantsKilled = 0 }: ProofResult): string | undefined =>
  mutants === undefined ? undefined : `${count(mutantsKilled)} of ${count(mutants)} broken definitions detected`;

const verdict = (result: ProofResult): Markup => {
  const { cases, failed } = result;
  const held = failed === 0 ? `${count(cases)} cases held` : `${count(failed)} of ${count(cases)} cases do not hold`;
  const killed = killedOf(result);
  return html`<p class="outcome ${isGood(result) ? 'good' : 'bad'}">${held}${killed && `, ${killed}`}</p>`;
};

/** One figure at the top of the page. */
const headline = (result: ProofResult): Markup => {
  const { proof, cases, passed, seconds, unit, perSecond } = result;
  const value = passed === cases ? count(cases) : `${count(passed)} of ${count(cases)}`;
  const more = killedOf(result) ?? `${count(perSecond)} ${unit} a second`;
  return html`<div><dt><a href="#${proof}">${proof}</a></dt><dd class="value ${isGood(result) ? 'good' : 'bad'}">${value}</dd><dd class="more">${more}, ${seconds} s</dd></div>`;
};

const failuresOf = ({ failures }: ProofResult): Markup | undefined =>
  failures.length === 0
    ? undefined
    : html`<h3>What does not hold</h3>
<ul>${failures.slice(0, shownFailures).map(({ name, reasons, path = [] }) => html`<li><strong>${name}</strong><ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>${path.length === 0 ? undefined : html`<p class="note"><code>${path.join(' ')}</code></p>`}</li>\n`)}</ul>`;

const figuresOf = ({ figures, proof }: ProofResult): Markup | undefined =>
  Object.keys(figures).length === 0
    ? undefined
    : html`<details><summary>Figures</summary>${table(
        `Figures of ${proof}`,
        [{ head: 'Figure' }, { head: 'Value', number: true }],
        Object.entries(figures).map(([name, value]) => [name, typeof value === 'number' ? count(value) : value]),
      )}</details>`;

const section = (result: ProofResult): Markup => {
  const { proof, seconds, cpuSeconds, perSecond, unit, seed, command } = result;
  return html`<section id="${proof}">
<h2>${proof}</h2>
<p>${claims[proof]}</p>
${verdict(result)}
<p class="note">${seconds} s, ${cpuSeconds} s of processor time, ${perSecond} ${unit} a second${seed === undefined ? '' : `, seed ${seed}`}. Again: <code>${command}</code></p>
${failuresOf(result)}
${result.grids.map(gridTable)}
${figuresOf(result)}
</section>
`;
};

const pageStyle = html`
.figures{grid-template-columns:repeat(auto-fit,minmax(14rem,1fr))}.figures a{color:inherit}
details table{width:auto}`;

/** All checks on one page that needs nothing else: no script, no font, no image from anywhere. */
export const proofsPage = (results: readonly ProofResult[]): string => {
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const cases = results.reduce((sum, result) => sum + result.cases, 0);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>mq-dr verification: ${failed === 0 ? 'all hold' : `${failed} broken`}</title>
<link rel="icon" href="data:,">
<style>${style}${gridStyle}${pageStyle}</style>
</head>
<body>
<header>
<p class="kicker">mq-dr · model check, crash and fault matrix, randomized schedules</p>
<h1>Verification</h1>
<p class="outcome ${results.every(isGood) ? 'good' : 'bad'}">${failed === 0 ? `${count(cases)} cases, all held` : `${count(failed)} of ${count(cases)} cases do not hold`}</p>
<dl class="figures">${results.map(headline)}</dl>
</header>
<main>
${results.map(section)}</main>
</body>
</html>
`.text;
};
