import { describe, expect, it } from 'vitest';
import { BrokerConsole } from '../../../../functions/reconciliation/adapters/broker-console.ts';
import type { HttpAnswer, HttpLimits, HttpRequest } from '../../../../functions/runtime/http-request.ts';
import { fakeRuntime } from '../../../support/fake-ports.ts';

const password = 'very-secret-42';
const urls = ['https://b-1-1.mq.us-east-1.amazonaws.com:8162', 'https://b-1-2.mq.us-east-1.amazonaws.com:8162'];

type Answer = string | HttpAnswer | Error;

const setup = (answer: (request: HttpRequest) => Answer, consoles: readonly string[] = urls) => {
  const requests: (HttpRequest & HttpLimits)[] = [];
  const runtime = fakeRuntime({
    httpRequest: async (request, limits) => {
      requests.push({ ...request, ...limits });
      const given = answer(request);
      if (given instanceof Error) throw given;
      return typeof given === 'string' ? { status: 200, body: given } : given;
    },
  });
  const console = new BrokerConsole(runtime, { urls: consoles, credentials: { username: 'jörg', password } });
  return { requests, read: () => console.readDestinations() };
};

/** A row as ActiveMQ 5.18.3 writes it; the name is escaped already. */
const row = (name: string, [size, consumers, enqueued, dequeued] = [1, 0, 1, 0]): string => `
<queue name="${name}">

  <stats size="${size}"
         consumerCount="${consumers}"
         enqueueCount="${enqueued}"
         dequeueCount="${dequeued}"/>


  <feed>
    <atom>queueBrowse/${name}?view=rss&amp;amp;feedType=atom_1.0</atom>
    <rss>queueBrowse/${name}?view=rss&amp;amp;feedType=rss_2.0</rss>
  </feed>
</queue>
`;
/** What is left of the page's directives and comments. */
const head = '\n'.repeat(9);
const queuesPage = (...rows: readonly string[]): string => `${head}<queues>\n${rows.join('')}\n</queues>\n`;

const subscriber = (clientId: string, name: string, pending: number): string => `
<subscriber clientId="${clientId}" 
            subscriptionName="${name}" 
            connectionId="NOTSET"
            destinationName="prices" 
            selector="" 
            active="no" >
  <stats pendingQueueSize="${pending}"
         dispatchedQueueSize="0"
         dispatchedCounter="0"
         enqueueCounter="0"
         dequeueCounter="0"/>

</subscriber>
`;
const subscribersPage = (...rows: readonly string[]): string =>
  `${head}<subscribers>\n\n\n${rows.join('')}\n\n\n</subscribers>\n`;

const pages =
  (queues: Answer, subscribers: Answer = subscribersPage()) =>
  ({ path }: HttpRequest): Answer =>
    path === '/admin/xml/queues.jsp' ? queues : subscribers;

const failing = (code: string): Error => Object.assign(new Error(`failed: ${code}`), { code });

const failure = async (answer: Answer, consoles?: readonly string[]) => {
  const error: unknown = await setup(() => answer, consoles)
    .read()
    .catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new TypeError('it was read');
  return error;
};

describe('the destinations that a console shows', () => {
  it('are every queue with its counters', async () => {
    const { read } = setup(pages(queuesPage(row('work', [3, 2, 10, 7]), row('other', [0, 0, 0, 0]))));
    const { queues, durableSubscriptions } = await read();
    expect([...queues]).toEqual([
      ['work', { size: 3, consumers: 2, enqueued: 10, dequeued: 7 }],
      ['other', { size: 0, consumers: 0, enqueued: 0, dequeued: 0 }],
    ]);
    expect(durableSubscriptions).toEqual([]);
  });

  it.each([
    ['none', queuesPage(), []],
    ['none, on a page without lines', '<queues/>', []],
    ['one', queuesPage(row('work')), ['work']],
  ])('may be %s', async (_what, page, names) => {
    expect([...(await setup(pages(page)).read()).queues.keys()]).toEqual(names);
  });

  // Names that a broker took, as its console wrote them.
  it.each([
    ['a&amp;b', 'a&b'],
    ['lt&lt;gt&gt;', 'lt<gt>'],
    ['it&#039;s &#034;quoted&#034;', 'it\'s "quoted"'],
    ['größe.日本', 'größe.日本'],
    ['em😀ji', 'em😀ji'],
    ['&amp;amp;copy;', '&amp;copy;'],
    ['&amp;#039;', '&#039;'],
    ['per%20cent', 'per%20cent'],
    ['semi;colon', 'semi;colon'],
    ['007', '007'],
    ['1e3', '1e3'],
    ['true', 'true'],
    ['__proto__', '__proto__'],
    [' blank ', ' blank '],
  ])('have the name that %s stands for', async (escaped, name) => {
    const { queues } = await setup(pages(queuesPage(row(escaped), row('next')))).read();
    expect([...queues.keys()]).toEqual([name, 'next']);
  });

  it('are ten thousand and more', async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => row(`q&amp;${index}&#039;`));
    const { queues } = await setup(pages(queuesPage(...rows))).read();
    expect(queues.size).toBe(10_000);
    expect(queues.has("q&9999'")).toBe(true);
  });

  it('are durable subscriptions as well, active or not', async () => {
    const page = subscribersPage(
      subscriber('client &lt;&amp;&gt; &#034;1&#034;', 'sub &#039;one&#039;', 7),
      subscriber('c2', 'two', 0).replace('active="no"', 'active="yes"'),
    );
    const { durableSubscriptions } = await setup(pages(queuesPage(), page)).read();
    expect(durableSubscriptions).toEqual([
      { clientId: 'client <&> "1"', name: "sub 'one'", topic: 'prices', pending: 7 },
      { clientId: 'c2', name: 'two', topic: 'prices', pending: 0 },
    ]);
  });

  it('are asked for with the user and within limits', async () => {
    const { requests, read } = setup(pages(queuesPage()));
    await read();
    const token = Buffer.from(`jörg:${password}`, 'utf8').toString('base64');
    const common = {
      method: 'GET',
      origin: urls[0],
      headers: { authorization: `Basic ${token}`, accept: 'application/xml' },
      timeoutMs: 8_000,
      maxBodyBytes: 16_777_216,
    };
    expect(requests).toEqual([
      { ...common, path: '/admin/xml/queues.jsp' },
      { ...common, path: '/admin/xml/subscribers.jsp' },
    ]);
  });

  it('come from the active instance when the standby refuses', async () => {
    const { requests, read } = setup((request) =>
      request.origin === urls[0] ? failing('ECONNREFUSED') : pages(queuesPage(row('work')))(request),
    );
    expect((await read()).queues.size).toBe(1);
    expect(requests.map(({ origin }) => urls.indexOf(origin))).toEqual([0, 1, 0, 1]);
  });

  it('come from the standby when the active instance does not answer', async () => {
    const { read } = setup((request) =>
      request.origin === urls[0] ? failing('ETIMEDOUT') : pages(queuesPage(row('work')))(request),
    );
    expect((await read()).queues.size).toBe(1);
  });

  it('keep the path of a console URL out of it', async () => {
    const { requests, read } = setup(pages(queuesPage()), ['https://host:8162/admin/']);
    await read();
    expect(requests[0]).toMatchObject({ origin: 'https://host:8162', path: '/admin/xml/queues.jsp' });
  });
});

describe('a console that does not answer as it should', () => {
  /** As Jetty writes it on Amazon MQ and elsewhere. */
  const unauthorized =
    '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>\n' +
    '<title>Error 401 Unauthorized</title>\n</head>\n<body><h2>HTTP ERROR 401 Unauthorized</h2></body>\n</html>';

  it.each([401, 403])('denies the user with %i', async (status) => {
    const error = await failure({ status, body: unauthorized });
    expect(error).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/GET \/admin\/xml\/queues\.jsp at https.* denied .* console access/),
    });
  });

  it.each([
    [503, 'ServiceUnavailable'],
    [500, 'ServiceUnavailable'],
    [404, 'UnexpectedAnswer'],
    [302, 'UnexpectedAnswer'],
  ])('answers %i: %s', async (status, name) => {
    expect(await failure({ status, body: '' })).toMatchObject({
      name,
      message: expect.stringContaining(`failed with status ${status}`),
    });
  });

  it.each([
    ['a login page', '<html><body><form action="login"><input name="user"/></form></body></html>'],
    ['a login page of HTML 5', '<!DOCTYPE html><html><body><br>Please log in</body></html>'],
    ['JSON', '{"queues":[]}'],
    ['nothing', ''],
    ['a page that ends too early', queuesPage(row('work'), row('other')).slice(0, -12)],
    ['a page that ends within a tag', '\n\n<queues>\n\n<queue name="trunc'],
    ['the other page', subscribersPage()],
    ['a queue without a name', '<queues><queue><stats size="0"/></queue></queues>'],
  ])('gives %s instead of the list', async (_what, body) => {
    expect(await failure(body)).toMatchObject({
      name: 'UnexpectedAnswer',
      message: expect.stringContaining(`GET /admin/xml/queues.jsp at ${urls[0]}`),
    });
  });

  it.each([
    ['without counters', '<queue name="odd"/>', 'size is missing, enqueueCount is missing'],
    ['with a count that is no number', row('odd').replace('size="1"', 'size="many"'), 'size is "many"'],
    ['with a count below none', row('odd').replace('size="1"', 'size="-1"'), 'size is "-1"'],
  ])('gives a queue %s: it is named, and the others are read', async (_what, odd, problem) => {
    const { queues, oddQueues } = await setup(pages(queuesPage(odd, row('work')))).read();
    expect([...queues.keys()]).toEqual(['work']);
    expect(oddQueues).toEqual([{ queue: 'odd', problem: expect.stringContaining(problem) }]);
  });

  it.each([
    ['another page', queuesPage(), '/admin/xml/subscribers.jsp'],
    ['status 500', { status: 500, body: 'java.lang.NullPointerException' }, 'status 500'],
  ])('gives %s instead of the subscribers: the queues are read', async (_what, answer, problem) => {
    const { queues, durableSubscriptions, subscriptionsProblem } = await setup(
      pages(queuesPage(row('work')), answer),
    ).read();
    expect([...queues.keys()]).toEqual(['work']);
    expect(durableSubscriptions).toBeUndefined();
    expect(subscriptionsProblem).toContain(problem);
  });

  it('does not listen at all: nothing says that there are no queues', async () => {
    expect(await failure(failing('ECONNREFUSED'))).toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('(ECONNREFUSED)'),
    });
    expect(await failure('', [])).toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('names no web console'),
    });
  });

  it.each([
    ['the first', urls[1]],
    ['the second', urls[0]],
  ])('is named by what it said, not by the refusal of the standby, when it is %s', async (_which, standby) => {
    const { read } = setup(({ origin }) => failing(origin === standby ? 'ECONNREFUSED' : 'ECONNRESET'));
    await expect(read()).rejects.toThrow(/\(ECONNRESET\)/);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'UntrustedEndpoint'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'UntrustedEndpoint'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'UntrustedEndpoint'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UntrustedEndpoint'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'UntrustedEndpoint'],
    ['EPROTO', 'UntrustedEndpoint'],
    ['EMSGSIZE', 'UnexpectedAnswer'],
    ['ETIMEDOUT', 'ServiceUnavailable'],
    ['ENOTFOUND', 'ServiceUnavailable'],
  ])('fails with %s: %s', async (code, name) => {
    expect(await failure(failing(code))).toMatchObject({ name, details: { code } });
  });

  it('never gives the password away', async () => {
    const answers = [{ status: 401, body: password }, { status: 500, body: password }, password, failing('EPROTO')];
    for (const answer of answers) {
      const error = await failure(answer);
      const shown = JSON.stringify([error.message, error.stack, error]);
      expect(shown).not.toContain(password);
      expect(shown).not.toContain(Buffer.from(`jörg:${password}`).toString('base64'));
    }
  });
});
