/** Amazon MQ's rules for ActiveMQ users; docs/amazon-mq.md 8. */
const userNamePattern = /^[A-Za-z0-9_.~-]{2,100}$/;
const minPasswordCharacters = 12;
const maxPasswordCharacters = 250;
const minDistinctCharacters = 4;
const forbiddenInPasswords = /[,:=]/;

/** What is wrong with a user name, if anything. */
export const userNameProblem = (username: string): string | undefined =>
  userNamePattern.test(username)
    ? undefined
    : `user name "${username}" must have 2–100 letters, digits, hyphens, dots, underscores or tildes`;

/** What is wrong with a password, if anything; the sentence tells nothing about the password itself. */
export const passwordProblem = (password: string): string | undefined => {
  if (password.length < minPasswordCharacters || password.length > maxPasswordCharacters) {
    return `the password must have ${minPasswordCharacters}–${maxPasswordCharacters} characters`;
  }
  if (new Set(password).size < minDistinctCharacters) {
    return `the password must have at least ${minDistinctCharacters} different characters`;
  }
  return forbiddenInPasswords.test(password)
    ? 'the password must not contain a comma, colon or equals sign'
    : undefined;
};
