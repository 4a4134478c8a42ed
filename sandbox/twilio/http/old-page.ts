import type { Request } from 'express';
import type { Settings } from '../options';
import { cutPage } from '../state/paging';
import type { Resource } from '../state/records';
import { type Answer, ok, pathOf } from './endpoint';
import { readPageQuery } from './page';

/**
 * One page of a list as the older parts of the API (2010-04-01) send it: `page` and its neighbours
 * at the top, as paths without a host. The filters of the request stay in them.
 * https://www.twilio.com/docs/usage/twilios-response
 */
export function listOldPage<T extends Resource>(
  settings: Settings,
  request: Request,
  key: string,
  resources: Iterable<T>,
  view: (resource: T) => unknown,
): Answer {
  const { size, page, token } = readPageQuery(settings, request);
  const { items, next, previous } = cutPage(resources, settings.listOrder, size, token);
  const uri = (number: number, to?: string): string => {
    const query = new URLSearchParams(queryOf(request));
    query.set('PageSize', String(size));
    query.set('Page', String(number));
    query.delete('PageToken');
    if (to !== undefined) query.set('PageToken', to);
    return `${pathOf(request)}?${query}`;
  };
  const start = page * size;
  return ok({
    [key]: items.map(view),
    start,
    end: Math.max(start, start + items.length - 1),
    page,
    page_size: size,
    uri: uri(page, token),
    first_page_uri: uri(0),
    next_page_uri: next ? uri(page + 1, next) : null,
    previous_page_uri: previous && page > 0 ? uri(page - 1, previous) : null,
  });
}

const queryOf = ({ originalUrl }: Request): string => originalUrl.split('?')[1] ?? '';
