import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DeploymentConfig } from '../config/config.ts';
import type { FunctionCode } from '../constructs/bundles.ts';
import { ControlPlane } from '../constructs/control-plane.ts';

export interface ControlStackProps extends StackProps {
  readonly config: DeploymentConfig;
  readonly region: string;
  readonly code: FunctionCode;
}

/** The control plane of one Region, and nothing that needs another one. */
export class ControlStack extends Stack {
  readonly plane: ControlPlane;

  constructor(scope: Construct, id: string, { config, region, code, ...props }: ControlStackProps) {
    super(scope, id, props);
    this.plane = new ControlPlane(this, 'Plane', { config, region, code });
  }
}
