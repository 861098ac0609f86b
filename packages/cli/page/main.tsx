import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { LocationProvider, useLocation } from 'preact-iso';

import { plainText } from '../src/output/plainText.js';
import { Aggregate } from './views/Aggregate.js';
import { Correlation } from './views/Correlation.js';
import { EventStores } from './views/EventStores.js';
import { Health } from './views/Health.js';
import { Live } from './views/Live.js';
import { Projections } from './views/Projections.js';

const PLACES = [
  { path: '/', name: 'Event stores' },
  { path: '/live', name: 'Live' },
  { path: '/correlation', name: 'Correlation' },
  { path: '/projections', name: 'Projections' },
  { path: '/health', name: 'Health' },
] as const;

const Page = () => {
  const { path, query } = useLocation();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const { aggregate, store } = query;
  const name = PLACES.find(place => place.path === path)?.name;
  // Another page: its heading is where reading goes on, also for those who do not see it.
  useEffect(() => {
    document.title = [name ?? plainText(aggregate ?? ''), store && plainText(store), 'Explorer']
      .filter(Boolean)
      .join(' · ');
    if (!isFirst.current) main.current?.querySelector('h1')?.focus();
    isFirst.current = false;
  }, [path, aggregate, store]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <nav aria-label="Explorer">
          <ul>
            {PLACES.map(place => (
              <li key={place.path}>
                <a href={place.path} aria-current={place.path === path ? 'page' : undefined}>
                  {place.name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Place path={path} />
      </main>
    </>
  );
};

const Place = ({ path }: { path: string }) => {
  switch (path) {
    case '/':
      return <EventStores />;
    case '/aggregate':
      return <Aggregate />;
    case '/live':
      return <Live />;
    case '/correlation':
      return <Correlation />;
    case '/projections':
      return <Projections />;
    case '/health':
      return <Health />;
    default:
      return <h1 tabIndex={-1}>There is nothing here</h1>;
  }
};

render(
  <LocationProvider>
    <Page />
  </LocationProvider>,
  document.getElementById('page') as HTMLElement,
);
