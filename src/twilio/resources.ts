import * as v from 'valibot';

/** The parts of Twilio's resources that the sync uses: https://www.twilio.com/docs/serverless/api */

// Twilio's API description has capitals, the toolkit expects small letters.
const visibility = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['public', 'protected', 'private']),
);
export type Visibility = v.InferOutput<typeof visibility>;

const versionFields = {
  sid: v.string(),
  path: v.string(),
  visibility,
};

/** A version as a Build lists it. */
export interface Version {
  /** ZN… */
  readonly sid: string;
  /** SID of the Asset or Function that it is a version of: ZH… */
  readonly resourceSid: string;
  readonly path: string;
  readonly visibility: Visibility;
}

const assetVersion = v.pipe(
  v.object({ ...versionFields, asset_sid: v.string() }),
  v.transform(({ asset_sid, ...rest }): Version => ({ ...rest, resourceSid: asset_sid })),
);

const functionVersion = v.pipe(
  v.object({ ...versionFields, function_sid: v.string() }),
  v.transform(({ function_sid, ...rest }): Version => ({ ...rest, resourceSid: function_sid })),
);

/** All that an environment serves; it never changes once it is made. */
export interface Build {
  /** ZB… */
  readonly sid: string;
  readonly status: 'building' | 'completed' | 'failed';
  readonly assets: readonly Version[];
  readonly functions: readonly Version[];
  readonly dependencies: readonly { readonly name: string; readonly version: string }[];
  readonly runtime: string;
  readonly createdAt: Date;
}

/** As the library's BuildInstance gives it. */
export const build = v.pipe(
  v.object({
    sid: v.string(),
    status: v.picklist(['building', 'completed', 'failed']),
    assetVersions: v.nullish(v.array(assetVersion), []),
    functionVersions: v.nullish(v.array(functionVersion), []),
    dependencies: v.nullish(v.array(v.object({ name: v.string(), version: v.string() })), []),
    runtime: v.string(),
    dateCreated: v.date(),
  }),
  v.transform(
    ({ assetVersions, functionVersions, dateCreated, ...rest }): Build => ({
      ...rest,
      assets: assetVersions,
      functions: functionVersions,
      createdAt: dateCreated,
    }),
  ),
);

/** The response to an upload: neither the library nor Twilio's API description has it. */
export const uploaded = v.object({ sid: v.string() });

/** The body of an error response: https://www.twilio.com/docs/usage/twilios-response#errors */
export const errorBody = v.object({
  status: v.optional(v.number()),
  // A gateway in between may send something else in both: the status decides.
  code: v.fallback(v.optional(v.number()), undefined),
  message: v.fallback(v.optional(v.string()), undefined),
});

/** An Asset or a Function, without its versions. */
export interface FileResource {
  /** ZH… */
  readonly sid: string;
  readonly friendlyName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** It made a Build live. */
export interface Deployment {
  /** ZD… */
  readonly sid: string;
  /** Undefined when it left the environment without a Build. */
  readonly buildSid: string | undefined;
  readonly createdAt: Date;
}
