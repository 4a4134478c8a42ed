import * as v from 'valibot';
import type { ApiCredential } from '../config';
import { BUILDS_PAGE_SIZE, MAX_PAGE_SIZE } from '../limits';
import { parseUrl } from '../url';
import { askTwilio, isNotFound, TwilioApiError, toTwilioApiError } from './errors';
import {
  assetVersion,
  type Build,
  build,
  buildOf,
  buildStatusOf,
  contentOf,
  type Deployment,
  deployment,
  deploymentOf,
  type Environment,
  environment,
  environmentOf,
  type FileResource,
  file,
  fileResource,
  pageOf,
  type Service,
  service,
  uploaded,
  type Variable,
  type Version,
  type Visibility,
  variable,
  variableOf,
} from './resources';
import { type ApiRequest, notAnAnswer, type ReadResponse, type Transport } from './transport';

export type { Environment, Service } from './resources';

export interface ServerlessOptions {
  readonly credential: ApiCredential;
  /** Origin of API and uploads; undefined is Twilio's own. */
  readonly apiOrigin: string | undefined;
  readonly transport: Transport;
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

type Schema<T> = v.GenericSchema<unknown, T>;

/** One request of an account. */
interface AccountRequest extends Omit<ApiRequest, 'auth'> {
  /** A caller looks at what happened before it sends it again. */
  readonly isSentOnce?: boolean;
}

/**
 * One Service of Twilio's Serverless API. A response counts only if it is the answer to the request;
 * anything else is a lost answer, after which the request is sent again.
 *
 * https://www.twilio.com/docs/serverless/api
 *
 * @throws {TwilioApiError} by every method
 */
export class Serverless {
  readonly #options: ServerlessOptions;
  readonly #url: string;

  constructor(
    options: ServerlessOptions,
    /** SID or unique name. */
    private readonly service: string,
  ) {
    this.#options = options;
    const { apiOrigin = 'https://serverless.twilio.com' } = options;
    this.#url = `${apiOrigin}/v1/Services/${encodeURIComponent(service)}`;
  }

  /** The Service itself; undefined where there is none. */
  serviceIfAny(): Promise<Service | undefined> {
    return ifFound(this.#get(`Fetching the Service ${this.service}`, '', service));
  }

  /** Deletes the Service with all that it has. One that is gone counts as deleted. */
  deleteService(): Promise<void> {
    return this.#delete(`Deleting the Service ${this.service}`, '');
  }

  /** @param sid ZE… */
  environment(sid: string): Promise<Environment> {
    return this.#get(`Fetching environment ${sid}`, `/Environments/${sid}`, environmentOf(sid));
  }

  environments(): Promise<Environment[]> {
    return this.#list('Listing the environments', '/Environments', 'environments', environment());
  }

  /**
   * Creates an environment. When the answer is lost, there may be one: look before it is made again.
   *
   * @param domainSuffix undefined makes the one without a suffix
   */
  createEnvironment(uniqueName: string, domainSuffix: string | undefined): Promise<Environment> {
    const form = {
      UniqueName: uniqueName,
      ...(domainSuffix !== undefined && { DomainSuffix: domainSuffix }),
    };
    const tried = `Creating the environment ${uniqueName}`;
    return this.#post(tried, '/Environments', form, environment(), true);
  }

  /**
   * Deletes an environment with its variables, Deployments and logs. Builds, Functions and Assets are
   * the Service's, and stay. One that is gone counts as deleted.
   *
   * https://www.twilio.com/docs/serverless/api/resource/environment
   */
  deleteEnvironment(sid: string): Promise<void> {
    return this.#delete(`Deleting environment ${sid}`, `/Environments/${sid}`);
  }

  /** The variables of an environment. */
  variables(environmentSid: string): Promise<Variable[]> {
    const path = `/Environments/${environmentSid}/Variables`;
    return this.#list('Listing the variables', path, 'variables', variable());
  }

  /** Creates a variable. When the answer is lost, there may be one: look before it is made again. */
  async createVariable(environmentSid: string, key: string, value: string): Promise<void> {
    const path = `/Environments/${environmentSid}/Variables`;
    const form = { Key: key, Value: value };
    await this.#post(`Setting the variable ${key}`, path, form, variable(), true);
  }

  /** Gives a variable another value. */
  async updateVariable(
    environmentSid: string,
    { sid, key }: Pick<Variable, 'sid' | 'key'>,
    value: string,
  ): Promise<void> {
    const path = `/Environments/${environmentSid}/Variables/${sid}`;
    await this.#post(`Changing the variable ${key}`, path, { Value: value }, variableOf(sid));
  }

  /** Deletes a variable. One that is gone counts as deleted. */
  deleteVariable(
    environmentSid: string,
    { sid, key }: Pick<Variable, 'sid' | 'key'>,
  ): Promise<void> {
    const path = `/Environments/${environmentSid}/Variables/${sid}`;
    return this.#delete(`Deleting the variable ${key}`, path);
  }

  /** What was live in an environment, and when, in no order. */
  deployments(environmentSid: string): Promise<Deployment[]> {
    const path = `/Environments/${environmentSid}/Deployments`;
    return this.#list('Listing the Deployments', path, 'deployments', deployment);
  }

  /** @param sid ZB… */
  build(sid: string): Promise<Build> {
    return this.#get(`Fetching Build ${sid}`, `/Builds/${sid}`, buildOf(sid));
  }

  /** A Build; undefined when Twilio has deleted it. */
  buildIfAny(sid: string): Promise<Build | undefined> {
    return ifFound(this.build(sid));
  }

  /** The status of a Build, in a far shorter response than the whole Build. */
  async buildStatus(sid: string): Promise<Build['status']> {
    const tried = `Fetching the status of Build ${sid}`;
    return (await this.#get(tried, `/Builds/${sid}/Status`, buildStatusOf(sid))).status;
  }

  /** All Builds, page by page, in no order. */
  builds(): AsyncGenerator<Build[]> {
    return this.#pages('Listing the Builds', '/Builds', 'builds', build(), BUILDS_PAGE_SIZE);
  }

  /**
   * Starts a Build; it is `building` at first. When the answer is lost, there may be a Build: look
   * before it is made again, as Twilio limits Builds.
   */
  createBuild(contents: NewBuild): Promise<Build> {
    const form = {
      AssetVersions: contents.assetVersions,
      FunctionVersions: contents.functionVersions,
      // The API returns an array, but expects a string.
      Dependencies: JSON.stringify(contents.dependencies),
      Runtime: contents.runtime,
    };
    return this.#post('Creating a Build', '/Builds', form, build(), true);
  }

  /**
   * Makes a Build live: the one request that changes what callers hear. When the answer is lost, the
   * Build may be live: look before it is deployed again.
   */
  async deploy(environmentSid: string, buildSid: string): Promise<void> {
    const path = `/Environments/${environmentSid}/Deployments`;
    const form = { BuildSid: buildSid };
    await this.#post(`Deploying Build ${buildSid}`, path, form, deploymentOf(buildSid), true);
  }

  /** All Assets or all Functions. */
  resources(kind: FileKind): Promise<FileResource[]> {
    return this.#list(`Listing the ${kind}`, `/${kind}`, kind.toLowerCase(), fileResource);
  }

  /** Creates an Asset or a Function without a version; returns its SID. */
  async createResource(kind: FileKind, friendlyName: string): Promise<string> {
    const tried = `Creating ${friendlyName} in ${kind}`;
    return (await this.#post(tried, `/${kind}`, { FriendlyName: friendlyName }, file)).sid;
  }

  /** Renames an Asset. */
  async renameAsset(sid: string, friendlyName: string): Promise<void> {
    const form = { FriendlyName: friendlyName };
    const renamed = v.object({ sid: v.literal(sid), friendly_name: v.literal(friendlyName) });
    await this.#post(`Renaming Asset ${sid}`, `/Assets/${sid}`, form, renamed);
  }

  /** Deletes an Asset with all its versions. One that is gone counts as deleted. */
  deleteAsset(sid: string): Promise<void> {
    return this.#delete(`Deleting Asset ${sid}`, `/Assets/${sid}`);
  }

  /** The versions of one Asset. */
  assetVersions(resourceSid: string): Promise<Version[]> {
    const path = `/Assets/${resourceSid}/Versions`;
    return this.#list(
      `Listing the versions of ${resourceSid}`,
      path,
      'asset_versions',
      assetVersion,
    );
  }

  /** Uploads a new version; returns its SID. */
  async upload(kind: FileKind, resourceSid: string, version: NewVersion): Promise<string> {
    const { apiOrigin, transport } = this.#options;
    const origin = apiOrigin ?? 'https://serverless-upload.twilio.com';
    const service = encodeURIComponent(this.service);
    const url = `${origin}/v1/Services/${service}/${kind}/${resourceSid}/Versions`;
    const { path, visibility, content, contentType } = version;
    const filename = path.slice(path.lastIndexOf('/') + 1);
    const form = {
      fields: { Path: path, Visibility: visibility },
      file: { field: 'Content', filename, contentType, content },
    };
    const tried = `Uploading ${path}`;
    const read = this.#reader(tried, uploaded);
    const request = { url, auth: this.#auth(), form };
    return (await askTwilio(tried, () => transport.upload(request, read))).sid;
  }

  /** The source of a Function version. (Twilio gives back no Asset's content.) */
  async functionContent(functionSid: string, versionSid: string): Promise<string> {
    const tried = `Reading Function version ${versionSid}`;
    const path = `/Functions/${functionSid}/Versions/${versionSid}/Content`;
    return (await this.#get(tried, path, contentOf(versionSid))).content;
  }

  #get<T>(tried: string, path: string, answer: Schema<T>): Promise<T> {
    return this.#ask(tried, { method: 'GET', url: this.#url + path }, answer);
  }

  #post<T>(
    tried: string,
    path: string,
    form: AccountRequest['form'],
    answer: Schema<T>,
    isSentOnce = false,
  ): Promise<T> {
    return this.#ask(tried, { method: 'POST', url: this.#url + path, form, isSentOnce }, answer);
  }

  /** What is gone counts as deleted. */
  async #delete(tried: string, path: string): Promise<void> {
    const request = { method: 'DELETE', url: this.#url + path } as const;
    await ifFound(this.#ask(tried, request, v.unknown()));
  }

  async #list<T>(tried: string, path: string, key: string, item: Schema<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const page of this.#pages(tried, path, key, item, MAX_PAGE_SIZE)) all.push(...page);
    return all;
  }

  /** @param key the name of the list */
  async *#pages<T>(
    tried: string,
    path: string,
    key: string,
    item: Schema<T>,
    pageSize: number,
  ): AsyncGenerator<T[]> {
    const read = new Set<string>();
    let url: string | null = `${this.#url}${path}?PageSize=${pageSize}`;
    while (url !== null) {
      // The credentials go where the next page is: to this list of Twilio's only.
      if (!isPageOf(url, this.#url, path) || read.has(url)) {
        throw new TwilioApiError(
          `${tried}: Twilio named a next page that was read before, or is of no such list. Try again later.`,
        );
      }
      read.add(url);
      const request = { method: 'GET', url } as const;
      const page: Page<T> = await this.#ask(tried, request, pageOf(key, item));
      yield page.items;
      url = page.nextPageUrl;
    }
  }

  #ask<T>(
    tried: string,
    { isSentOnce, ...request }: AccountRequest,
    answer: Schema<T>,
  ): Promise<T> {
    const { transport } = this.#options;
    const authorized = { ...request, auth: this.#auth() };
    const isDelete = request.method === 'DELETE';
    const read = isDelete ? this.#reader(tried, answer, 204) : this.#reader(tried, answer);
    return askTwilio(tried, () => transport.ask(authorized, read, isSentOnce ? 1 : undefined));
  }

  #auth(): string {
    const { username, password } = this.#options.credential;
    return `${username}:${password}`;
  }

  /** @param status of success; undefined is any */
  #reader<T>(tried: string, answer: Schema<T>, status?: number): ReadResponse<T> {
    return (response) => {
      const { statusCode, body } = response;
      if (statusCode >= 400) {
        const details = typeof body === 'object' ? body : {};
        const afterMs = this.#options.transport.retryAfterMs(response);
        throw toTwilioApiError(tried, { ...details, status: statusCode }, afterMs);
      }
      const parsed = v.safeParse(answer, body);
      const isExpected = status === undefined ? statusCode < 300 : statusCode === status;
      if (isExpected && parsed.success) return parsed.output;
      const [issue] = parsed.issues ?? [];
      throw notAnAnswer(response, issue && (v.getDotPath(issue) ?? undefined));
    };
  }
}

/** What is asked for; undefined when Twilio says that there is no such thing. */
async function ifFound<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

interface Page<T> {
  readonly items: T[];
  readonly nextPageUrl: string | null;
}

/** Whether a URL is of this list. Twilio may name a Service by its SID that we name by its name. */
function isPageOf(url: string, serviceUrl: string, path: string): boolean {
  const parsed = parseUrl(url);
  return parsed?.origin === new URL(serviceUrl).origin && parsed.pathname.endsWith(path);
}
