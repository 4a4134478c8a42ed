export { assumePresigned } from './assume';
export type { DiffLine, ParameterChange, ParameterChanges } from './compare';
export {
  type ExplainOptions,
  type Explanation,
  explain,
  type S3ErrorCode,
  type S3ErrorReply,
} from './explain';
export { createMask, type Mask } from './mask';
export { printExplanation } from './print';
