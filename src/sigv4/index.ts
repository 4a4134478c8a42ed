export { authorization, credential, signature } from './authorization';
export { canonicalRequest, type SignedParts } from './canonical-request';
export { encodeKey } from './encode';
export { canonicalHeaders, lowerCased, signedHeaders } from './headers';
export { MAX_EXPIRES_IN, presignQuery } from './presign-query';
export { signHeaders } from './sign-headers';
export { signingKey } from './signing-key';
export { amzDate, type CredentialScope, stringToSign } from './string-to-sign';
export type { Credentials, PathRules, SigningOptions, UnsignedRequest } from './types';
