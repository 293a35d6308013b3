/** User name and password of an `Authorization: Basic` header; empty ones without a header. */
export const basicCredentials = (
  headers: Readonly<Record<string, string>>,
): { readonly username: string; readonly password: string } => {
  const token = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const [username = '', ...password] = Buffer.from(token, 'base64').toString('utf8').split(':');
  return { username, password: password.join(':') };
};
