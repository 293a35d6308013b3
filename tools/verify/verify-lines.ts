import type { Difference } from './compare-recordings.ts';
import type { Observation } from './observation.ts';
import type { WithheldWrite } from './verify-pair.ts';

const verdicts = { 'as expected': 'as expected', different: 'DIFFERENT', 'not shown': 'not shown' } as const;

const observationLines = ({ id, question, expected, seen, verdict, how }: Observation): readonly string[] => [
  `${id.padEnd(6)} ${question}`,
  `         expected  ${expected}`,
  `         seen      ${seen}`,
  `         ${verdicts[verdict]}${verdict === 'not shown' ? `; to find out: ${how}` : ''}`,
];

/** What was seen, as people read it. */
export const verifyLines = (
  observations: readonly Observation[],
  withheld: readonly WithheldWrite[],
  file: string,
): readonly string[] => {
  const count = (verdict: Observation['verdict']): number =>
    observations.filter((observation) => observation.verdict === verdict).length;
  const notSent = withheld.map(({ id, wouldDo }) => `  ${id.padEnd(6)} ${wouldDo}.`);
  return [
    ...observations.flatMap(observationLines),
    '',
    ...(notSent.length === 0
      ? []
      : ['Not sent, since --allow-writes does not name it; each would be sent once:', ...notSent, '']),
    `${count('as expected')} as expected, ${count('different')} different, ${count('not shown')} not shown.`,
    `Recording, without account, names and addresses: ${file}`,
  ];
};

/** In what the simulator is not as the service. */
export const differenceLines = (differences: readonly Difference[]): readonly string[] =>
  differences.length === 0
    ? ['The simulator answers these calls as the service did.']
    : [
        'The simulator differs from the service:',
        ...differences.map(
          ({ call, member, service, world }) => `  ${call}: ${member} is ${service}, in the simulator ${world}`,
        ),
      ];
