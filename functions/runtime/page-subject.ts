/** How soon somebody must act on a page: `now` wakes an operator, `today` waits for office hours, `info` needs nobody. */
export type Urgency = 'now' | 'today' | 'info';

const words: Readonly<Record<Urgency, string>> = { now: 'ACT NOW', today: 'ACT TODAY', info: 'INFO' };

/** Subject of a page. It is all that a phone shows at night, so it begins with whether anybody must act. */
export const pageSubject = (urgency: Urgency, whatHappened: string): string =>
  `mq-dr ${words[urgency]}: ${whatHappened}`;
