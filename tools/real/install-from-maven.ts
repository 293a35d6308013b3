import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeMq, cacheFolder, dynamoDbLocal, messagingClients } from './programs.ts';

/** Runs a program. @throws Error naming the command and how it ended */
export type RunProgram = (program: string, args: readonly string[]) => void;

const maven = (run: RunProgram, ...args: readonly string[]): void => run('mvn', ['-q', '-B', ...args]);

/** Puts the broker into the cache; a run that was interrupted leaves nothing that looks complete. */
export const installActiveMq = (run: RunProgram): void => {
  mkdirSync(cacheFolder, { recursive: true });
  if (activeMq.packaging === 'distribution') installDistribution(run);
  else installBrokerJars(run);
};

const installDistribution = (run: RunProgram): void => {
  maven(run, 'dependency:copy', `-Dartifact=${activeMq.artifact}`, `-DoutputDirectory=${cacheFolder}`);
  const unpacked = mkdtempSync(join(cacheFolder, 'unpacking-'));
  run('tar', ['-xzf', activeMq.archive, '-C', unpacked, '--strip-components=1']);
  rmSync(activeMq.archive);
  renameSync(unpacked, activeMq.folder);
};

interface Artifact {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
}

const artifactOf = (name: string): Artifact => {
  const [groupId = '', artifactId = '', version = ''] = name.split(':');
  return { groupId, artifactId, version };
};

const dependency = ({ groupId, artifactId, version }: Artifact): string => `
    <dependency>
      <groupId>${groupId}</groupId>
      <artifactId>${artifactId}</artifactId>
      <version>${version}</version>
    </dependency>`;

const project = (artifacts: readonly Artifact[]): string => `
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mq-dr</groupId>
  <artifactId>real-install</artifactId>
  <version>1</version>
  <dependencies>${artifacts.map(dependency).join('')}
  </dependencies>
</project>
`;

/** Puts jars and those that they depend on into a folder of the cache. */
const collectJars = (run: RunProgram, artifacts: readonly Artifact[], target: string): void => {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'mq-dr-maven-'));
  const collected = mkdtempSync(join(cacheFolder, 'collecting-'));
  writeFileSync(join(folder, 'pom.xml'), project(artifacts).trimStart());
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${collected}`];
  try {
    maven(run, '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies', ...options);
    renameSync(collected, target);
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(collected, { recursive: true, force: true });
  }
};

/** Whether Maven Central has an artifact. */
const isPublished = (run: RunProgram, { groupId, artifactId, version }: Artifact): boolean => {
  try {
    maven(run, 'dependency:get', `-Dartifact=${groupId}:${artifactId}:${version}`, '-Dtransitive=false');
    return true;
  } catch {
    return false;
  }
};

const installBrokerJars = (run: RunProgram): void => {
  const { needed, wanted, others } = activeMq.jars;
  const ofBroker = (artifactId: string): Artifact => ({
    groupId: 'org.apache.activemq',
    artifactId,
    version: activeMq.version,
  });
  const named = others.map(artifactOf);
  const connectors = wanted.map(ofBroker).filter((artifact) => isPublished(run, artifact));
  collectJars(run, [...needed.map(ofBroker), ...connectors, ...named], activeMq.folder);
};

/** Puts the clients of other protocols than OpenWire, and what they depend on, into the cache. */
export const installMessagingClients = (run: RunProgram): void => {
  collectJars(run, messagingClients.artifacts.map(artifactOf), messagingClients.folder);
};

/** Puts DynamoDB Local and what it depends on into the cache. */
export const installDynamoDbLocal = (run: RunProgram): void => {
  collectJars(run, [dynamoDbLocal], dynamoDbLocal.folder);
};
