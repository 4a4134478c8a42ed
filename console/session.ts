const NAME = 'admin-secret';

/*
 * The secret lasts as long as the browser's tab. Where the browser keeps no data of sites, it lasts as
 * long as the page.
 */

export function readSecret(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param secret undefined forgets it */
export function keepSecret(secret: string | undefined): void {
  try {
    if (secret === undefined) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, secret);
  } catch {
    // The page has it in memory.
  }
}
