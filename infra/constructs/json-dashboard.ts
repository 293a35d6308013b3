import { CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DashboardBody } from '../dashboards/widgets.ts';

/** A dashboard whose body is data: it may show metrics of another Region without needing that Region. */
export class JsonDashboard extends Construct {
  constructor(scope: Construct, id: string, name: string, body: DashboardBody) {
    super(scope, id);
    new CfnDashboard(this, 'Resource', { dashboardName: name, dashboardBody: JSON.stringify(body) });
  }
}
