import Twilio from 'twilio/lib/rest/Twilio';
import * as v from 'valibot';
import { twilioError } from './errors';
import { type Build, build, uploaded, type Version, type Visibility } from './resources';
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

export type ResourceKind = 'Assets' | 'Functions';

interface NamedResource {
  readonly friendlyName: string;
  readonly sid: string;
}

const PAGE_SIZE = 1000;

/**
 * One Service of Twilio's Serverless API. Every method throws {TwilioError}.
 *
 * https://www.twilio.com/docs/serverless/api
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

  /** @param sid ZE… */
  async environment(sid: string): Promise<Environment> {
    const found = await this.#try(`Fetching environment ${sid}`, () =>
      this.#service.environments(sid).fetch(),
    );
    return { sid: found.sid, buildSid: found.buildSid || undefined, domainName: found.domainName };
  }

  /** The environment with this domain suffix, such as dev; undefined if there is none. */
  async environmentBySuffix(suffix: string): Promise<Environment | undefined> {
    const all = await this.#try('Listing the environments', () =>
      this.#service.environments.list({ pageSize: PAGE_SIZE }),
    );
    const found = all.find(({ domainSuffix }) => (domainSuffix ?? '') === suffix);
    return (
      found && {
        sid: found.sid,
        buildSid: found.buildSid || undefined,
        domainName: found.domainName,
      }
    );
  }

  /** @param sid ZB… */
  async build(sid: string): Promise<Build> {
    return v.parse(
      build,
      await this.#try(`Fetching Build ${sid}`, () => this.#service.builds(sid).fetch()),
    );
  }

  /** Starts a Build; it is `building` at first. */
  async createBuild(contents: NewBuild): Promise<Build> {
    const created = await this.#try('Creating a Build', () =>
      this.#service.builds.create({
        assetVersions: [...contents.assetVersions],
        functionVersions: [...contents.functionVersions],
        // The API answers with an array and takes a string.
        dependencies: JSON.stringify(contents.dependencies),
        runtime: contents.runtime,
      }),
    );
    return v.parse(build, created);
  }

  /** Makes a Build live: the one step that callers hear. */
  async deploy(environmentSid: string, buildSid: string): Promise<void> {
    await this.#try(`Deploying Build ${buildSid}`, () =>
      this.#service.environments(environmentSid).deployments.create({ buildSid }),
    );
  }

  /** Friendly name → SID of all Assets or Functions; of two with one name, any. */
  async resources(kind: ResourceKind): Promise<Map<string, string>> {
    const all = await this.#try<NamedResource[]>(`Listing the ${kind}`, () =>
      kind === 'Assets'
        ? this.#service.assets.list({ pageSize: PAGE_SIZE })
        : this.#service.functions.list({ pageSize: PAGE_SIZE }),
    );
    return new Map(all.map(({ friendlyName, sid }) => [friendlyName, sid]));
  }

  /** Creates an Asset or a Function, as yet without a version. */
  async createResource(kind: ResourceKind, friendlyName: string): Promise<string> {
    const created = await this.#try<NamedResource>(`Creating ${friendlyName} in ${kind}`, () =>
      kind === 'Assets'
        ? this.#service.assets.create({ friendlyName })
        : this.#service.functions.create({ friendlyName }),
    );
    return created.sid;
  }

  /** The versions of one Asset or Function. */
  async versions(kind: ResourceKind, resourceSid: string): Promise<Version[]> {
    const all = await this.#try<Omit<Version, 'resourceSid'>[]>(
      `Listing the versions of ${resourceSid}`,
      () =>
        kind === 'Assets'
          ? this.#service.assets(resourceSid).assetVersions.list({ pageSize: PAGE_SIZE })
          : this.#service.functions(resourceSid).functionVersions.list({ pageSize: PAGE_SIZE }),
    );
    return all.map(({ sid, path, visibility }) => ({ sid, path, visibility, resourceSid }));
  }

  /** Uploads a new version and gives its SID. */
  async upload(kind: ResourceKind, resourceSid: string, version: NewVersion): Promise<string> {
    const { accountSid: username, authToken: password, apiOrigin, transport } = this.#options;
    const origin = apiOrigin ?? 'https://serverless-upload.twilio.com';
    const form = new FormData();
    form.set('Path', version.path);
    form.set('Visibility', version.visibility);
    const content = new Blob([new Uint8Array(version.content)], { type: version.contentType });
    form.set('Content', content, version.path.slice(version.path.lastIndexOf('/') + 1));
    const url = `${origin}/v1/Services/${this.service}/${kind}/${resourceSid}/Versions`;
    const tried = `Uploading ${version.path}`;
    const { statusCode, body } = await this.#try(tried, () =>
      transport.upload({ url, username, password, form }),
    );
    if (statusCode >= 300) {
      const details = typeof body === 'object' ? body : {};
      throw twilioError(tried, { ...details, status: statusCode });
    }
    return v.parse(uploaded, body).sid;
  }

  /** The source of a Function version. (Twilio gives back no Asset's content.) */
  async functionContent(functionSid: string, versionSid: string): Promise<string> {
    const { content } = await this.#try(`Reading Function version ${versionSid}`, () =>
      this.#service
        .functions(functionSid)
        .functionVersions(versionSid)
        .functionVersionContent()
        .fetch(),
    );
    return content;
  }

  async #try<T>(tried: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      throw twilioError(tried, thrown);
    }
  }
}
