import Twilio from 'twilio/lib/rest/Twilio';
import * as v from 'valibot';
import { BUILDS_PAGE_SIZE, MAX_PAGE_SIZE } from '../limits';
import { askTwilio, TwilioApiError, toTwilioApiError } from './errors';
import {
  type Build,
  build,
  type Deployment,
  type FileResource,
  uploaded,
  type Version,
  type Visibility,
} from './resources';
import type { Transport } from './transport';

export interface ServerlessOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** Origin of API and uploads; undefined is Twilio's own. */
  readonly apiOrigin: string | undefined;
  readonly transport: Transport;
}

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

/** A file to publish as a new version. */
export interface NewVersion {
  readonly path: string;
  readonly visibility: Visibility;
  readonly content: Buffer;
  readonly contentType: string;
}

/** What a new Build holds: all of it, since a Build replaces the one before completely. */
export interface NewBuild {
  readonly assetVersions: readonly string[];
  readonly functionVersions: readonly string[];
  readonly dependencies: Build['dependencies'];
  readonly runtime: string;
}

export type FileKind = 'Assets' | 'Functions';

interface ListedResource {
  readonly sid: string;
  readonly friendlyName: string;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

/** The part of the library's lists of Assets and Functions that is the same in both. */
interface FileList {
  list(options: { pageSize: number }): Promise<ListedResource[]>;
  create(options: { friendlyName: string }): Promise<{ readonly sid: string }>;
}

/**
 * One Service of Twilio's Serverless API.
 *
 * https://www.twilio.com/docs/serverless/api
 *
 * @throws {TwilioApiError} by every method
 */
export class Serverless {
  readonly #client: Twilio;
  readonly #options: ServerlessOptions;

  constructor(
    options: ServerlessOptions,
    /** SID or unique name. */
    private readonly service: string,
  ) {
    this.#options = options;
    this.#client = new Twilio(options.accountSid, options.authToken, {
      httpClient: options.transport,
    });
    if (options.apiOrigin !== undefined) this.#client.serverless.baseUrl = options.apiOrigin;
  }

  get #service() {
    return this.#client.serverless.v1.services(this.service);
  }

  #files(kind: FileKind): FileList {
    const { assets, functions } = this.#service;
    return kind === 'Assets' ? assets : functions;
  }

  /** @param sid ZE… */
  async environment(sid: string): Promise<Environment> {
    return toEnvironment(
      await askTwilio(`Fetching environment ${sid}`, () => this.#service.environments(sid).fetch()),
    );
  }

  async environments(): Promise<Environment[]> {
    const all = await askTwilio('Listing the environments', () =>
      this.#service.environments.list({ pageSize: MAX_PAGE_SIZE }),
    );
    return all.map(toEnvironment);
  }

  /** What was live in an environment, and when, in no order. */
  async deployments(environmentSid: string): Promise<Deployment[]> {
    const all = await askTwilio('Listing the Deployments', () =>
      this.#service.environments(environmentSid).deployments.list({ pageSize: MAX_PAGE_SIZE }),
    );
    return all.map(({ sid, buildSid, dateCreated }) => ({
      sid,
      buildSid: buildSid || undefined,
      createdAt: dateCreated,
    }));
  }

  /** @param sid ZB… */
  async build(sid: string): Promise<Build> {
    return v.parse(
      build,
      await askTwilio(`Fetching Build ${sid}`, () => this.#service.builds(sid).fetch()),
    );
  }

  /** A Build; undefined when Twilio has deleted it. */
  async buildIfAny(sid: string): Promise<Build | undefined> {
    try {
      return await this.build(sid);
    } catch (thrown) {
      if (thrown instanceof TwilioApiError && thrown.status === 404) return undefined;
      throw thrown;
    }
  }

  /** The status of a Build, in a far shorter response than the whole Build. */
  async buildStatus(sid: string): Promise<Build['status']> {
    const { status } = await askTwilio(`Fetching the status of Build ${sid}`, () =>
      this.#service.builds(sid).buildStatus().fetch(),
    );
    return status;
  }

  /** All Builds, page by page, in no order. */
  async *builds(): AsyncGenerator<Build[]> {
    const tried = 'Listing the Builds';
    const { builds } = this.#service;
    let page = await askTwilio(tried, () => builds.page({ pageSize: BUILDS_PAGE_SIZE }));
    for (;;) {
      yield page.instances.map((instance) => v.parse(build, instance));
      const { nextPageUrl } = page;
      if (nextPageUrl === undefined) return;
      page = await askTwilio(tried, () => builds.getPage(nextPageUrl));
    }
  }

  /** Starts a Build; it is `building` at first. */
  async createBuild(contents: NewBuild): Promise<Build> {
    const created = await askTwilio('Creating a Build', () =>
      this.#service.builds.create({
        assetVersions: [...contents.assetVersions],
        functionVersions: [...contents.functionVersions],
        // The API returns an array, but expects a string.
        dependencies: JSON.stringify(contents.dependencies),
        runtime: contents.runtime,
      }),
    );
    return v.parse(build, created);
  }

  /** Makes a Build live: the one request that changes what callers hear. */
  async deploy(environmentSid: string, buildSid: string): Promise<void> {
    await askTwilio(`Deploying Build ${buildSid}`, () =>
      this.#service.environments(environmentSid).deployments.create({ buildSid }),
    );
  }

  /** All Assets or all Functions. */
  async resources(kind: FileKind): Promise<FileResource[]> {
    const all = await askTwilio(`Listing the ${kind}`, () =>
      this.#files(kind).list({ pageSize: MAX_PAGE_SIZE }),
    );
    return all.map(({ sid, friendlyName, dateCreated, dateUpdated }) => ({
      sid,
      friendlyName,
      createdAt: dateCreated,
      updatedAt: dateUpdated,
    }));
  }

  /** Creates an Asset or a Function without a version; returns its SID. */
  async createResource(kind: FileKind, friendlyName: string): Promise<string> {
    const { sid } = await askTwilio(`Creating ${friendlyName} in ${kind}`, () =>
      this.#files(kind).create({ friendlyName }),
    );
    return sid;
  }

  /** Renames an Asset. */
  async renameAsset(sid: string, friendlyName: string): Promise<void> {
    await askTwilio(`Renaming Asset ${sid}`, () =>
      this.#service.assets(sid).update({ friendlyName }),
    );
  }

  /** Deletes an Asset with all its versions. */
  async deleteAsset(sid: string): Promise<void> {
    await askTwilio(`Deleting Asset ${sid}`, () => this.#service.assets(sid).remove());
  }

  /** The versions of one Asset. */
  async assetVersions(resourceSid: string): Promise<Version[]> {
    const all = await askTwilio(`Listing the versions of ${resourceSid}`, () =>
      this.#service.assets(resourceSid).assetVersions.list({ pageSize: MAX_PAGE_SIZE }),
    );
    return all.map(({ sid, path, visibility }) => ({ sid, path, visibility, resourceSid }));
  }

  /** Uploads a new version; returns its SID. */
  async upload(kind: FileKind, resourceSid: string, version: NewVersion): Promise<string> {
    const { accountSid, authToken, apiOrigin, transport } = this.#options;
    const origin = apiOrigin ?? 'https://serverless-upload.twilio.com';
    const url = `${origin}/v1/Services/${this.service}/${kind}/${resourceSid}/Versions`;
    const auth = `${accountSid}:${authToken}`;
    const { path, visibility, content, contentType } = version;
    const filename = path.slice(path.lastIndexOf('/') + 1);
    const form = {
      fields: { Path: path, Visibility: visibility },
      file: { field: 'Content', filename, contentType, content },
    };
    const tried = `Uploading ${path}`;
    const { statusCode, body } = await askTwilio(tried, () =>
      transport.upload({ url, auth, form }),
    );
    if (statusCode >= 300) {
      const details = typeof body === 'object' ? body : {};
      throw toTwilioApiError(tried, { ...details, status: statusCode });
    }
    return v.parse(uploaded, body).sid;
  }

  /** The source of a Function version. (Twilio gives back no Asset's content.) */
  async functionContent(functionSid: string, versionSid: string): Promise<string> {
    const { content } = await askTwilio(`Reading Function version ${versionSid}`, () =>
      this.#service
        .functions(functionSid)
        .functionVersions(versionSid)
        .functionVersionContent()
        .fetch(),
    );
    return content;
  }
}

function toEnvironment(found: {
  readonly sid: string;
  readonly buildSid: string;
  readonly domainName: string;
  readonly domainSuffix: string;
}): Environment {
  const { sid, buildSid, domainName, domainSuffix } = found;
  return { sid, buildSid: buildSid || undefined, domainName, domainSuffix: domainSuffix ?? '' };
}
