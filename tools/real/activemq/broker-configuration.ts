import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Loopback ports of one broker. */
export interface BrokerPorts {
  readonly amqp: number;
  readonly openWire: number;
  readonly stomp: number;
  readonly mqtt: number;
  readonly console: number;
  readonly openWireTls: number;
}

/** What tests may set; everything else is as ActiveMQ has it by default. */
export interface BrokerOptions {
  /** Memory for messages of the whole broker, such as "64 mb"; default 70 % of the heap, as in the distribution. */
  readonly memoryLimit?: string;
  /** Heap of the broker's process, such as "2g"; "1g" by default. */
  readonly heap?: string;
  /** `<policyEntry …/>` elements. */
  readonly policyEntries?: string;
  /**
   * `always` waits for the disk as Amazon MQ does; `never`, the default, leaves that to the host: what a broker process
   * has written survives its end, and only the host's end could lose it.
   */
  readonly diskSync?: 'always' | 'never';
  /** What the AMQP connector makes of messages: ActiveMQ's default is `native`, Amazon MQ's too. */
  readonly amqpTransformer?: 'native' | 'jms' | 'raw';
  /** `<destinationInterceptors>…</destinationInterceptors>`, or another element of the broker. */
  readonly elements?: string;
  /** Attributes of the broker's own element. */
  readonly brokerAttributes?: string;
  /** Whether messages may be delayed. */
  readonly scheduler?: boolean;
  /** A PKCS 12 file with the key and certificate of an OpenWire connector with TLS. */
  readonly tls?: { readonly keyStore: string; readonly password: string };
}

interface ConfigurationFiles {
  readonly folder: string;
  /** The distribution's folder. */
  readonly home: string;
  readonly ports: BrokerPorts;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Connectors that the installed broker has, besides OpenWire's. */
  readonly connectors: { readonly amqp: boolean; readonly stomp: boolean; readonly mqtt: boolean };
  readonly hasConsole: boolean;
}

/** As the distribution's, and as on Amazon MQ: messages up to 100 MiB. */
const maxFrameBytes = 104_857_600;

const tlsContext = ({ keyStore, password }: NonNullable<BrokerOptions['tls']>): string =>
  `<sslContext><sslContext keyStore="file:${keyStore}" keyStorePassword="${password}" keyStoreKeyPassword="${password}"
    keyStoreType="PKCS12"/></sslContext>`;

const brokerXml = (files: ConfigurationFiles, options: BrokerOptions): string => {
  const { folder, ports, credentials, connectors, hasConsole } = files;
  const connector = (name: string, scheme: string, port: number, more = ''): string =>
    `<transportConnector name="${name}" uri="${scheme}://127.0.0.1:${port}?wireFormat.maxFrameSize=${maxFrameBytes}${more}"/>`;
  const transformer =
    options.amqpTransformer === undefined ? '' : `&amp;transport.transformer=${options.amqpTransformer}`;
  const memory =
    options.memoryLimit === undefined ? 'percentOfJvmHeap="70"' : `limit="${options.memoryLimit}" percentOfJvmHeap="0"`;
  return `<beans xmlns="http://www.springframework.org/schema/beans"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <bean class="org.springframework.beans.factory.config.PropertyPlaceholderConfigurer"/>
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="real" dataDirectory="${folder}/data"
    schedulerSupport="${options.scheduler ?? false}" ${options.brokerAttributes ?? ''}>
    <destinationPolicy><policyMap><policyEntries>
      ${options.policyEntries ?? '<policyEntry queue=">"/>'}
    </policyEntries></policyMap></destinationPolicy>
    ${options.elements ?? ''}
    <managementContext><managementContext createConnector="false"/></managementContext>
    <persistenceAdapter>
      <kahaDB directory="${folder}/data/kahadb" journalDiskSyncStrategy="${options.diskSync ?? 'never'}"/>
    </persistenceAdapter>
    <plugins><simpleAuthenticationPlugin><users>
      <authenticationUser username="${credentials.username}" password="${credentials.password}" groups="admins,users"/>
    </users></simpleAuthenticationPlugin></plugins>
    ${options.tls === undefined ? '' : tlsContext(options.tls)}
    <systemUsage><systemUsage>
      <memoryUsage><memoryUsage ${memory}/></memoryUsage>
      <storeUsage><storeUsage limit="10 gb"/></storeUsage>
      <tempUsage><tempUsage limit="1 gb"/></tempUsage>
    </systemUsage></systemUsage>
    <transportConnectors>
      ${connector('openwire', 'tcp', ports.openWire)}
      ${options.tls === undefined ? '' : connector('openwire-tls', 'ssl', ports.openWireTls)}
      ${connectors.amqp ? connector('amqp', 'amqp', ports.amqp, transformer) : ''}
      ${connectors.stomp ? connector('stomp', 'stomp', ports.stomp) : ''}
      ${connectors.mqtt ? connector('mqtt', 'mqtt', ports.mqtt) : ''}
    </transportConnectors>
    <shutdownHooks>
      <bean xmlns="http://www.springframework.org/schema/beans" class="org.apache.activemq.hooks.SpringContextHook"/>
    </shutdownHooks>
  </broker>
  ${hasConsole ? '<import resource="jetty.xml"/>' : ''}
</beans>
`;
};

/** Writes what a broker starts with into `folder`: its own configuration, and the console's from the distribution. */
export const writeConfiguration = async (files: ConfigurationFiles, options: BrokerOptions): Promise<void> => {
  await writeFile(join(files.folder, 'activemq.xml'), brokerXml(files, options));
  await writeFile(join(files.folder, 'log4j2.properties'), `${logSettings.join('\n')}\n`);
  if (files.hasConsole) await writeConsole(files);
};

const logSettings = [
  'rootLogger.level=WARN',
  'rootLogger.appenderRef.console.ref=Console',
  'appender.console.type=Console',
  'appender.console.name=Console',
  'appender.console.layout.type=PatternLayout',
  'appender.console.layout.pattern=%d %5p %c{1} %m%n%throwable{full}',
];

const writeConsole = async ({ folder, home, ports, credentials }: ConfigurationFiles): Promise<void> => {
  const jetty = await readFile(join(home, 'conf', 'jetty.xml'), 'utf8');
  await writeFile(join(folder, 'jetty.xml'), jetty.replace('value="8161"', `value="${ports.console}"`));
  await writeFile(join(folder, 'jetty-realm.properties'), `${credentials.username}: ${credentials.password}, admin\n`);
  // The console's own connection to its broker.
  const { username, password } = credentials;
  await writeFile(
    join(folder, 'credentials.properties'),
    `activemq.username=${username}\nactivemq.password=${password}\nguest.password=${password}\n`,
  );
};
