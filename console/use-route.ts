import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from './route';

/** What the page's address leads to; Back works. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const update = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return route;
}
