import type { Signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Who } from '../gen/api';
import type { Theme } from '../ui/model/preferences';
import { t } from './i18n';
import { Activate } from './pages/activate';
import { SignIn } from './pages/sign-in';
import { go, path } from './route';
import { askWho, session } from './session';
import { Fault } from './ui/fault';
import { Frame, type Place } from './ui/frame';
import { lazy } from './ui/lazy';
import { Door, Heading, LiveRegions } from './ui/page';
import { day, loadUnits } from './units';

const Account = lazy(() => import('./pages/account').then((module) => module.Account));
const Briefings = lazy(() => import('./pages/briefings').then((module) => module.Briefings));
const Calendar = lazy(() => import('./pages/calendar').then((module) => module.Calendar));
const Units = lazy(() => import('./pages/units').then((module) => module.Units));
const People = lazy(() => import('./pages/people').then((module) => module.People));
const Rooms = lazy(() => import('./pages/rooms').then((module) => module.Rooms));
const Acts = lazy(() => import('./pages/acts').then((module) => module.Acts));
const Side = lazy(() => import('./ui/unit-tree').then((module) => module.UnitSide));

/** The pages in the bar, in their order. */
const PLACES: readonly (Place & { readonly page: ComponentType; readonly whole?: boolean })[] = [
  { path: '/admin/calendar', name: 'calendar.title', page: Calendar },
  { path: '/admin/rooms', name: 'rooms.title', page: Rooms },
  { path: '/admin/units', name: 'units.title', page: Units },
  { path: '/admin/people', name: 'people.title', page: People },
  // The record is for those who administer the whole organisation.
  { path: '/admin/acts', name: 'acts.title', page: Acts, whole: true },
];

/** What everybody is called to; it needs no unit chosen. */
const MINE: Place = { path: '/account/briefings', name: 'briefings.title' };

/** Where an administrator begins: everything else is chosen from the tree. */
const HOME = '/admin/units';

/** Pages for whoever holds a one-time link. */
const LINKS = ['/admin/first', '/account/activate'];

function Missing() {
  return <Heading text={t('app.missing')} />;
}

/** Sends whoever has not signed in to where that is done, and back afterwards. */
function ToSignIn() {
  useEffect(() => {
    const here = location.pathname + location.search;
    go(`/sign-in?return=${encodeURIComponent(here)}`, { replace: true });
  }, []);
  return null;
}

function Inside({ who, theme }: { readonly who: Who; readonly theme: Signal<Theme> }) {
  const places = PLACES.filter((one) => who.administers && (one.whole !== true || who.administers_all));
  const place = places.find((one) => path.value === one.path);
  const own = path.value === MINE.path ? Briefings : path.value === '/account' ? Account : null;
  const Page = own ?? place?.page ?? Missing;
  const first = places.length === 0 ? MINE.path : HOME;
  const atStart = path.value === '/admin';
  useEffect(() => {
    if (atStart) go(first, { replace: true });
  }, [atStart, first]);
  const asOf = day.value;
  useEffect(() => {
    if (who.administers) void loadUnits();
  }, [who.administers, asOf]);
  if (atStart) return null;
  return (
    <Frame who={who} theme={theme} places={[...places, MINE]} side={place === undefined ? null : <Side />}>
      <Page key={path.value} />
    </Frame>
  );
}

function Pages({ theme }: { readonly theme: Signal<Theme> }) {
  if (LINKS.includes(path.value)) return <Activate />;
  const known = session.value;
  if (path.value === '/sign-in') return known.name === 'asking' ? null : <SignIn />;
  switch (known.name) {
    case 'asking':
      return null;
    case 'nobody':
      return <ToSignIn />;
    case 'unreachable':
      return (
        <Door title={t('app.unreachable')}>
          <Fault fault={known.fault} />
          <button type="button" class="primary" onClick={() => void askWho()}>
            {t('app.retry')}
          </button>
        </Door>
      );
    case 'somebody':
      return <Inside who={known.who} theme={theme} />;
  }
}

/** The console. */
export function App({ theme }: { readonly theme: Signal<Theme> }) {
  return (
    <>
      <Pages theme={theme} />
      <LiveRegions />
    </>
  );
}
