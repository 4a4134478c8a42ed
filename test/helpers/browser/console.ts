import type { Browser, Page } from 'playwright-core';
import type { NpmStart } from './npm-start';
import { openTab, type PageOptions, type WatchedPage } from './page';

type Deployed = Pick<NpmStart, 'origin' | 'variables'>;

/** Opens the console of a deployment, and signs in as a person does. */
export async function openConsole(
  browser: Browser,
  deployed: Deployed,
  options: Omit<PageOptions, 'origin'> = {},
): Promise<WatchedPage> {
  const tab = await openTab(browser, { ...options, origin: deployed.origin });
  await tab.page.goto(`${deployed.origin}/index.html`);
  await signIn(tab.page, deployed.variables.ADMIN_SECRET);
  await tab.page.getByRole('button', { name: 'Sign out' }).waitFor();
  return tab;
}

export async function signIn(page: Page, secret: string): Promise<void> {
  await page.getByLabel('Admin secret').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Goes to a section, by its tab. */
export async function goTo(page: Page, section: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: section }).click();
  await page.getByRole('heading', { level: 2, name: section, exact: true }).waitFor();
}
