import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgements } from '../../../../tools/verify/judge-readings.ts';
import { questions, writtenQuestions } from '../../../../tools/verify/questions.ts';

const document = readFileSync(resolve(import.meta.dirname, '../../../../docs/amazon-mq.md'), 'utf8');

describe('the open questions', () => {
  it('are those of the document, in its order', () => {
    const rows = [...document.matchAll(/^\| (15\.\d+) \|/gm)].map(([, id]) => id);
    expect(rows.length).toBeGreaterThan(20);
    expect(questions.map(({ id }) => id)).toEqual(rows);
  });

  it('are judged where reads can answer them, and written where only a write can', () => {
    const needing = (needs: string) => questions.filter((question) => question.needs === needs).map(({ id }) => id);
    expect(Object.keys(judgements).toSorted()).toEqual(needing('reads').toSorted());
    expect(writtenQuestions).toEqual(needing('a write'));
  });
});
