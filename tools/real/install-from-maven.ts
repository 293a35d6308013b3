import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activeMq, cacheFolder, dynamoDbLocal } from './programs.ts';

/** Runs a program. @throws Error naming the command and how it ended */
export type RunProgram = (program: string, args: readonly string[]) => void;

const maven = (run: RunProgram, ...args: readonly string[]): void => run('mvn', ['-q', '-B', ...args]);

/** Puts the broker's distribution into the cache; a run that was interrupted leaves nothing that looks complete. */
export const installActiveMq = (run: RunProgram): void => {
  mkdirSync(cacheFolder, { recursive: true });
  maven(run, 'dependency:copy', `-Dartifact=${activeMq.artifact}`, `-DoutputDirectory=${cacheFolder}`);
  const unpacked = mkdtempSync(join(cacheFolder, 'unpacking-'));
  run('tar', ['-xzf', activeMq.archive, '-C', unpacked, '--strip-components=1']);
  rmSync(activeMq.archive);
  renameSync(unpacked, activeMq.folder);
};

const project = ({ groupId, artifactId, version }: typeof dynamoDbLocal): string => `
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>mq-dr</groupId>
  <artifactId>real-install</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>${groupId}</groupId>
      <artifactId>${artifactId}</artifactId>
      <version>${version}</version>
    </dependency>
  </dependencies>
</project>
`;

/** Puts DynamoDB Local and what it depends on into the cache. */
export const installDynamoDbLocal = (run: RunProgram): void => {
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'mq-dr-maven-'));
  const collected = mkdtempSync(join(cacheFolder, 'collecting-'));
  writeFileSync(join(folder, 'pom.xml'), project(dynamoDbLocal).trimStart());
  const options = ['-DincludeScope=runtime', `-DoutputDirectory=${collected}`];
  maven(run, '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies', ...options);
  rmSync(folder, { recursive: true });
  renameSync(collected, dynamoDbLocal.folder);
};
