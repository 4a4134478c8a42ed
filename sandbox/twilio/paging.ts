import type { Request } from 'express';
import * as v from 'valibot';
import { DEFAULT_PAGE_SIZE } from '../../src/limits';
import { badPageToken, pageTooLarge } from './errors';
import { readQuery } from './forms';
import { type ApiResponse, ok, originOf, pathOf } from './http';
import type { ListOrder } from './options';
import type { Resource, State } from './state';

const whole = v.pipe(v.string(), v.digits(), v.toNumber());
const pageQuery = v.object({
  PageSize: v.optional(v.pipe(whole, v.minValue(1))),
  Page: v.optional(whole),
  PageToken: v.optional(v.string()),
});

/** How resources become the entries of a list. */
export interface ListView<T> {
  /** Name of the list in the response. */
  readonly key: string;
  readonly view: (resource: T) => unknown;
}

/**
 * One page of a list with Twilio's `meta`.
 *
 * @throws {ApiError} 400 for a page that cannot be
 * https://www.twilio.com/docs/usage/twilios-response
 */
export function listPage<T extends Resource>(
  state: State,
  request: Request,
  resources: Iterable<T>,
  { key, view }: ListView<T>,
): ApiResponse {
  const { items, size, page, token, next, previous } = pageFor(state, request, resources);
  const base = `${originOf(request)}${pathOf(request)}?PageSize=${size}`;
  const url = (number: number, to?: string) =>
    `${base}&Page=${number}${to ? `&PageToken=${to}` : ''}`;
  return ok({
    [key]: items.map(view),
    meta: {
      first_page_url: url(0),
      key,
      next_page_url: next ? url(page + 1, next) : null,
      page,
      page_size: size,
      previous_page_url: previous && page > 0 ? url(page - 1, previous) : null,
      url: url(page, token),
    },
  });
}

/**
 * One page of a list as the older parts of the API (2010-04-01) send it: `page` and its neighbours
 * at the top, as paths without a host. The filters of the request stay in them.
 *
 * @throws {ApiError} 400 for a page that cannot be
 * https://www.twilio.com/docs/usage/twilios-response
 */
export function listOldPage<T extends Resource>(
  state: State,
  request: Request,
  resources: Iterable<T>,
  { key, view }: ListView<T>,
): ApiResponse {
  const { items, size, page, token, next, previous } = pageFor(state, request, resources);
  const uri = (number: number, to?: string): string => {
    const query = new URLSearchParams(request.originalUrl.split('?')[1]);
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

/** The requested page. Its token decides which; `Page` is the client's own count. */
function pageFor<T extends Resource>(
  { settings }: State,
  request: Request,
  resources: Iterable<T>,
) {
  const { pageSize } = settings.limits;
  const query = readQuery(pageQuery, request);
  const { PageSize: size = DEFAULT_PAGE_SIZE, Page: page = 0, PageToken: token } = query;
  if (size > pageSize) throw pageTooLarge(`Page size must be at most ${pageSize}.`);
  return { size, page, token, ...cutPage(resources, settings.listOrder, size, token) };
}

type Position = Pick<Resource, 'sid' | 'sequence'>;
type Compare = (a: Position, b: Position) => number;

const orders: Record<ListOrder, Compare> = {
  newest: (a, b) => b.sequence - a.sequence,
  oldest: (a, b) => a.sequence - b.sequence,
  shuffled: (a, b) => (a.sid < b.sid ? -1 : a.sid > b.sid ? 1 : 0),
};

interface Page<T> {
  readonly items: readonly T[];
  /** The token of the page after this one; undefined at the end. */
  readonly next: string | undefined;
  /** The token of the page before this one; undefined if this one is empty. */
  readonly previous: string | undefined;
}

/**
 * Cuts one page out of a list. A token names the resource after (PA) or before (PB) which its page
 * begins, so that a resource that is created or deleted between two pages neither hides nor repeats
 * another.
 *
 * @throws {ApiError} 400 for a token that this did not make
 */
function cutPage<T extends Resource>(
  resources: Iterable<T>,
  order: ListOrder,
  size: number,
  token: string | undefined,
): Page<T> {
  const compare = orders[order];
  const sorted = [...resources].sort(compare);
  const start = token === undefined ? 0 : startOf(sorted, compare, size, token);
  const items = sorted.slice(start, start + size);
  const [first] = items;
  const last = items.at(-1);
  return {
    items,
    next: last && start + size < sorted.length ? `PA${positionOf(last)}` : undefined,
    previous: first && `PB${positionOf(first)}`,
  };
}

const positionOf = ({ sequence, sid }: Position): string => `${sequence}-${sid}`;

function startOf(
  sorted: readonly Position[],
  compare: Compare,
  size: number,
  token: string,
): number {
  const [, side, sequence, sid] = /^P([AB])(\d+)-([A-Z]{2}[0-9a-f]{32})$/.exec(token) ?? [];
  if (sequence === undefined || sid === undefined) throw badPageToken();
  const neighbour = { sequence: Number(sequence), sid };
  const indexAfter = sorted.filter((resource) => compare(resource, neighbour) <= 0).length;
  if (side === 'A') return indexAfter;
  const indexOf = sorted.filter((resource) => compare(resource, neighbour) < 0).length;
  return Math.max(0, indexOf - size);
}
