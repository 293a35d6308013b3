import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { parseDeployment } from '../infra/config/config.ts';
import exampleConfig from '../infra/config.example.ts';
import { iamDocument } from '../infra/iam-document.ts';
import { MqDrApp } from '../infra/mq-dr-app.ts';
import { rolesOf } from '../infra/template-roles.ts';

/** Writes docs/iam.md from the template of the example; the code of the functions does not matter for their roles. */
const folder = mkdtempSync(join(tmpdir(), 'mq-dr-iam-'));
try {
  const codeFolder = join(folder, 'code');
  mkdirSync(codeFolder);
  writeFileSync(join(codeFolder, 'index.mjs'), '');
  const config = parseDeployment(exampleConfig);
  const code = { codeOf: () => Code.fromAsset(codeFolder) };
  const app = new MqDrApp({ config, code, outdir: join(folder, 'out') });
  app.synth();
  const stacks = [...app.controls.slice(0, 1), ...app.alarms.slice(0, 1)];
  const roles = stacks.flatMap(({ stackName }) =>
    rolesOf(JSON.parse(readFileSync(join(folder, 'out', `${stackName}.template.json`), 'utf8'))),
  );
  writeFileSync(join(import.meta.dirname, '../docs/iam.md'), iamDocument(config, roles));
} finally {
  rmSync(folder, { recursive: true });
}
