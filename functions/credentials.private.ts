/**
 * Has no URL: the audio proxy loads it where S3's credentials are temporary, and only there.
 * Twilio deploys one file a Function, so that this is the way to a second one.
 */
export { fetchTemporaryCredentials } from '../src/credentials/sts-and-cognito';
