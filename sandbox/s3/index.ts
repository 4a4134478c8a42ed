export { type S3Options, type S3Server, startS3 } from './server';
export type { S3Credentials } from './signature';
export type { ObjectChange, ObjectStore, StoredObject } from './store';
