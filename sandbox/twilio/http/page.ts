import type { Request } from 'express';
import * as v from 'valibot';
import { invalid, pageTooLarge } from '../errors';
import type { Settings } from '../options';
import { cutPage } from '../state/paging';
import type { Resource } from '../state/records';
import { type Answer, ok, pathOf } from './endpoint';
import { originOf } from './urls';

const whole = v.pipe(v.string(), v.digits(), v.toNumber());
const Query = v.object({
  PageSize: v.optional(v.pipe(whole, v.minValue(1))),
  Page: v.optional(whole),
  PageToken: v.optional(v.string()),
});

/**
 * One page of a list under `key`, with Twilio's `meta`. The token alone says which page it is;
 * `Page` is the client's own count. Throws 400 for a page that cannot be.
 * https://www.twilio.com/docs/usage/twilios-response
 */
export function listPage<T extends Resource>(
  settings: Settings,
  request: Request,
  key: string,
  resources: Iterable<T>,
  view: (resource: T) => unknown,
): Answer {
  const { size, page, token: asked } = readPageQuery(settings, request);
  const { items, next, previous } = cutPage(resources, settings.listOrder, size, asked);

  const base = `${originOf(settings, request)}${pathOf(request)}?PageSize=${size}`;
  const url = (number: number, token?: string) =>
    `${base}&Page=${number}${token ? `&PageToken=${token}` : ''}`;
  return ok({
    [key]: items.map(view),
    meta: {
      first_page_url: url(0),
      key,
      next_page_url: next ? url(page + 1, next) : null,
      page,
      page_size: size,
      previous_page_url: previous && page > 0 ? url(page - 1, previous) : null,
      url: url(page, asked),
    },
  });
}

/** Which page a request asks for. Throws 400 for one that cannot be. */
export function readPageQuery({ limits }: Pick<Settings, 'limits'>, request: Request) {
  const { PageSize: size = limits.defaultPageSize, Page: page = 0, PageToken } = readQuery(request);
  if (size > limits.pageSize) throw pageTooLarge(`Page size must be at most ${limits.pageSize}.`);
  return { size, page, token: PageToken };
}

function readQuery({ query }: Request): v.InferOutput<typeof Query> {
  const { success, output, issues } = v.safeParse(Query, query);
  if (success) return output;
  throw invalid(`${v.getDotPath(issues[0])} is invalid: ${issues[0].message}`);
}
