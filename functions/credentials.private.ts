/**
 * A private Function without a URL. /audio and /sync load it when S3's credentials are temporary, and
 * only then: a Function is one file, so AWS's clients need a Function of their own.
 */
export { fetchTemporaryCredentials } from '../src/credentials/sts-and-cognito';
