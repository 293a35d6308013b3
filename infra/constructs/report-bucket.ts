import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type Place, reportBucketNameOf } from '../names.ts';
import { acknowledge } from './acknowledge.ts';

/** Days that a manifest or report is kept: as long as logs are, thirteen months. */
const reportDays = 400;

/** Days that a replaced version is kept: time to notice that something was overwritten. */
const replacedDays = 90;

/** Manifests and reports of one Region; a run writes to its own Region's bucket alone. */
export class ReportBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, place: Place) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      bucketName: reportBucketNameOf(place.accountId, place.region),
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      // Nothing else records what a repair removed.
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'expire',
          expiration: Duration.days(reportDays),
          noncurrentVersionExpiration: Duration.days(replacedDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    acknowledge(this.bucket, {
      id: 'AwsSolutions-S1',
      reason:
        'Functions of mq-dr alone read and write here; who did is in the log of their run, and in CloudTrail where data events are on.',
    });
  }
}
