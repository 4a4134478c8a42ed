import * as v from 'valibot';

/** The parts of Twilio's resources that the sync uses: https://www.twilio.com/docs/serverless/api */

// Twilio's API description has capitals, the toolkit expects small letters.
const visibility = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.picklist(['public', 'protected', 'private']),
);
export type Visibility = v.InferOutput<typeof visibility>;

/** A SID, such as ZB and 32 hexadecimal digits. */
function sidOf(prefix: string) {
  return v.pipe(v.string(), v.regex(new RegExp(`^${prefix}[0-9a-f]{32}$`, 'i')));
}

/** The SID of what was asked about: nothing else is an answer. */
const sameSid = (sid: string) => v.literal(sid);

const date = v.pipe(v.string(), v.isoTimestamp(), v.toDate());

const versionFields = {
  sid: sidOf('ZN'),
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

export const assetVersion = v.pipe(
  v.object({ ...versionFields, asset_sid: sidOf('ZH') }),
  v.transform(({ asset_sid, ...rest }): Version => ({ ...rest, resourceSid: asset_sid })),
);

const functionVersion = v.pipe(
  v.object({ ...versionFields, function_sid: sidOf('ZH') }),
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

const status = v.picklist(['building', 'completed', 'failed']);

// Twilio's API description lets each list be null, but leaves none out.
const listed = <Item extends v.GenericSchema>(item: Item) =>
  v.pipe(
    v.nullable(v.array(item)),
    v.transform((list) => list ?? []),
  );

export const build = (sid: v.GenericSchema<unknown, string> = sidOf('ZB')) =>
  v.pipe(
    v.object({
      sid,
      status,
      asset_versions: listed(assetVersion),
      function_versions: listed(functionVersion),
      dependencies: listed(v.object({ name: v.string(), version: v.string() })),
      runtime: v.string(),
      date_created: date,
    }),
    v.transform(
      ({ asset_versions, function_versions, date_created, ...rest }): Build => ({
        ...rest,
        assets: asset_versions,
        functions: function_versions,
        createdAt: date_created,
      }),
    ),
  );

export const buildOf = (sid: string) => build(sameSid(sid));

export const buildStatusOf = (sid: string) => v.object({ sid: sameSid(sid), status });

/** A new Asset or Function, or one that was renamed. */
export const file = v.object({ sid: sidOf('ZH') });

/** The response to an upload: neither the library nor Twilio's API description has it. */
export const uploaded = v.object({ sid: sidOf('ZN') });

/** The source of a Function version. */
export const contentOf = (versionSid: string) =>
  v.object({ sid: sameSid(versionSid), content: v.string() });

/** The body of an error response: https://www.twilio.com/docs/usage/twilios-response#errors */
export const errorBody = v.object({
  status: v.pipe(v.number(), v.minValue(400)),
  // A gateway in between may send something else in both: the status decides.
  code: v.fallback(v.optional(v.number()), undefined),
  message: v.fallback(v.optional(v.string()), undefined),
});

/**
 * One page of a list: https://www.twilio.com/docs/usage/twilios-response
 *
 * @param key the name of the list
 */
export const pageOf = <T>(key: string, item: v.GenericSchema<unknown, T>) =>
  v.pipe(
    v.looseObject({
      meta: v.object({ key: v.literal(key), next_page_url: v.nullable(v.string()) }),
    }),
    v.transform((page) => ({ items: page[key], nextPageUrl: page.meta.next_page_url })),
    v.object({ items: v.array(item), nextPageUrl: v.nullable(v.string()) }),
  );

/** An Asset or a Function, without its versions. */
export interface FileResource {
  /** ZH… */
  readonly sid: string;
  readonly friendlyName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const fileResource = v.pipe(
  v.object({
    sid: sidOf('ZH'),
    friendly_name: v.string(),
    date_created: date,
    date_updated: date,
  }),
  v.transform(
    ({ sid, friendly_name, date_created, date_updated }): FileResource => ({
      sid,
      friendlyName: friendly_name,
      createdAt: date_created,
      updatedAt: date_updated,
    }),
  ),
);

/** It made a Build live. */
export interface Deployment {
  /** ZD… */
  readonly sid: string;
  /** Undefined when it left the environment without a Build. */
  readonly buildSid: string | undefined;
  readonly createdAt: Date;
}

// An environment without a Build has null: without the field, nothing says that nothing is live.
const liveBuild = v.pipe(
  v.nullable(sidOf('ZB')),
  v.transform((sid) => sid ?? undefined),
);

export const deployment = v.pipe(
  v.object({ sid: sidOf('ZD'), build_sid: liveBuild, date_created: date }),
  v.transform(
    ({ sid, build_sid, date_created }): Deployment => ({
      sid,
      buildSid: build_sid,
      createdAt: date_created,
    }),
  ),
);

/** A new Deployment of this Build. */
export const deploymentOf = (buildSid: string) =>
  v.object({ sid: sidOf('ZD'), build_sid: sameSid(buildSid) });

/** A container of environments, Functions, Assets and Builds. */
export interface Service {
  /** ZS… */
  readonly sid: string;
  readonly uniqueName: string;
}

export const service = v.pipe(
  v.object({ sid: sidOf('ZS'), unique_name: v.string() }),
  v.transform(({ sid, unique_name }): Service => ({ sid, uniqueName: unique_name })),
);

/** One environment of a Service: where a Build becomes live. */
export interface Environment {
  /** ZE… */
  readonly sid: string;
  /** The live Build; undefined before the first Deployment. */
  readonly buildSid: string | undefined;
  readonly domainName: string;
  /** Such as dev; empty for production. */
  readonly domainSuffix: string;
}

export const environment = (sid: v.GenericSchema<unknown, string> = sidOf('ZE')) =>
  v.pipe(
    v.object({
      sid,
      build_sid: liveBuild,
      domain_name: v.string(),
      domain_suffix: v.nullable(v.string()),
    }),
    v.transform(
      ({ sid, build_sid, domain_name, domain_suffix }): Environment => ({
        sid,
        buildSid: build_sid,
        domainName: domain_name,
        domainSuffix: domain_suffix ?? '',
      }),
    ),
  );

export const environmentOf = (sid: string) => environment(sameSid(sid));

/** A variable of an environment. */
export interface Variable {
  /** ZV… */
  readonly sid: string;
  readonly key: string;
  /** Often a secret. */
  readonly value: string;
  readonly updatedAt: Date;
}

export const variable = (sid: v.GenericSchema<unknown, string> = sidOf('ZV')) =>
  v.pipe(
    v.object({ sid, key: v.string(), value: v.string(), date_updated: date }),
    v.transform(({ date_updated, ...rest }): Variable => ({ ...rest, updatedAt: date_updated })),
  );

export const variableOf = (sid: string) => variable(sameSid(sid));
