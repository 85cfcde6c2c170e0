import { nameOf, onlyKnown, type ResourceHandler } from './resource.ts';

/** AWS::S3::Bucket: a name. Nothing is kept in it; it is made for Databricks, and the simulated one stores no objects. */
export const bucket: ResourceHandler = (resource) => {
  onlyKnown(resource, {
    heeded: ['BucketName'],
    idle: [
      ...['BucketEncryption', 'LifecycleConfiguration', 'OwnershipControls', 'PublicAccessBlockConfiguration'],
      ...['Tags', 'VersioningConfiguration'],
    ],
  });
  const { home } = resource;
  const name = nameOf(resource, 'BucketName', 63).toLowerCase();
  return {
    ref: name,
    attributes: {
      Arn: `arn:${home.partition}:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${home.region}.amazonaws.com`,
    },
  };
};
