import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseDeployment } from '../../infra/config/config.ts';
import exampleConfig from '../../infra/config.example.ts';
import { iamDocument } from '../../infra/iam-document.ts';
import { rolesOf } from '../../infra/template-roles.ts';
import { synthesise } from '../support/infra/synthesised.ts';

it('docs/iam.md is what the template says; `npm run docs:iam` writes it', () => {
  const { template } = synthesise();
  const roles = ['MqDrControl-us-east-1', 'MqDrAlarms-us-east-1'].flatMap((name) => rolesOf(template(name)));
  const written = readFileSync(join(import.meta.dirname, '../../docs/iam.md'), 'utf8');
  expect(written).toBe(iamDocument(parseDeployment(exampleConfig), roles));
});
