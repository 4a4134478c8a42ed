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
  { listOrder, limits, publicUrl }: Settings,
  request: Request,
  key: string,
  resources: Iterable<T>,
  view: (resource: T) => unknown,
): Answer {
  const { PageSize: size = limits.defaultPageSize, Page = 0, PageToken } = readQuery(request);
  if (size > limits.pageSize) throw pageTooLarge(`Page size must be at most ${limits.pageSize}.`);
  const { items, next, previous } = cutPage(resources, listOrder, size, PageToken);

  const base = `${originOf({ publicUrl }, request)}${pathOf(request)}?PageSize=${size}`;
  const url = (page: number, token?: string) =>
    `${base}&Page=${page}${token ? `&PageToken=${token}` : ''}`;
  return ok({
    [key]: items.map(view),
    meta: {
      first_page_url: url(0),
      key,
      next_page_url: next ? url(Page + 1, next) : null,
      page: Page,
      page_size: size,
      previous_page_url: previous && Page > 0 ? url(Page - 1, previous) : null,
      url: url(Page, PageToken),
    },
  });
}

function readQuery({ query }: Request): v.InferOutput<typeof Query> {
  const { success, output, issues } = v.safeParse(Query, query);
  if (success) return output;
  throw invalid(`${v.getDotPath(issues[0])} is invalid: ${issues[0].message}`);
}
