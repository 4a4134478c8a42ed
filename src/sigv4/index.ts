export {
  canonicalHeaders,
  canonicalPath,
  lowerCased,
  type Parameter,
  parseQuery,
} from './canonical';
export { encodeKey, percentEncode } from './encode';
export {
  ALGORITHM,
  amzDate,
  authorization,
  type Credentials,
  canonicalRequest,
  type SignedParts,
  type Signer,
  type SigningOptions,
  signature,
  signHeaders,
  signingKey,
  stringToSign,
  type UnsignedRequest,
} from './sign';
