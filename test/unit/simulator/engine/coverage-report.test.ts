import { expect, it } from 'vitest';
import { coverageReport } from '../../../../simulator/engine/coverage/coverage-report.ts';
import { parseDefinition } from '../../../../simulator/engine/definition/parse-definition.ts';
import { edgesOf } from '../../../../simulator/engine/definition/transitions.ts';
import { machine } from './definitions.ts';

const goals = {
  m: { states: ['A', 'B'], edges: ['A -[Next]-> B', 'A -[Catch 0: E]-> B'], retriers: ['A -[Retry 0: E]'] },
};

it('adds up the visits of all records and names what is missing', () => {
  const first = { m: { statesVisited: ['A'], edgesVisited: [], retriersTaken: ['A -[Retry 0: E]'] } };
  const second = {
    m: { statesVisited: ['A', 'B'], edgesVisited: ['A -[Next]-> B'], retriersTaken: [] },
    other: { statesVisited: ['X'], edgesVisited: [], retriersTaken: [] },
  };
  expect(coverageReport(goals, [first, second])).toEqual({
    m: {
      ...goals.m,
      statesVisited: ['A', 'B'],
      edgesVisited: ['A -[Next]-> B'],
      retriersTaken: ['A -[Retry 0: E]'],
      missing: ['A -[Catch 0: E]-> B'],
    },
  });
});

it('reports a machine that no record mentions as missing altogether', () => {
  expect(coverageReport(goals, []).m?.missing).toEqual([...goals.m.states, ...goals.m.edges, ...goals.m.retriers]);
});

it('counts the edges of nested machines', () => {
  const definition = parseDefinition(
    machine('Pair', {
      Pair: {
        Type: 'Parallel',
        Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } } }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    }),
  );
  expect(edgesOf(definition)).toEqual(['Pair -[Next]-> Done', 'Pair -[Catch 0: States.ALL]-> Done', 'A -[Next]-> B']);
});
