// The frame of every screen: header, status, the screen of the route, the tabs of a project, toasts and the one region
// that screen readers listen to. Focus and title follow the route.
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type App, AppContext } from '../app.ts';
import { text } from '../text/text.ts';
import { announcement } from './announce.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { BackHeader, HomeHeader, ProjectHeader } from './header.tsx';
import { lazy } from './lazy.tsx';
import { Icon, type IconName } from './parts/icon.tsx';
import { Toasts } from './parts/toasts.tsx';
import { BEHIND, type Behind, hrefOf, type Route, route, TABS, type Tab } from './router.ts';
import { HomeScreen } from './screens/home.tsx';
import { StatusBar } from './status-bar.tsx';

const ConnectScreen = lazy(async () => (await import('./screens/connect.tsx')).ConnectScreen);
const InboxScreen = lazy(async () => (await import('./screens/inbox.tsx')).InboxScreen);
const SettingsScreen = lazy(async () => (await import('./screens/settings.tsx')).SettingsScreen);
const TrunkScreen = lazy(async () => (await import('./screens/trunk.tsx')).TrunkScreen);

const PROJECT_SCREENS = {
  teach: lazy(async () => (await import('./screens/teach.tsx')).TeachScreen),
  check: lazy(async () => (await import('./screens/check.tsx')).CheckScreen),
  deeper: lazy(async () => (await import('./screens/deeper.tsx')).DeeperScreen),
  use: lazy(async () => (await import('./screens/use.tsx')).UseScreen),
  keep: lazy(async () => (await import('./screens/keep.tsx')).KeepScreen),
  lab: lazy(async () => (await import('./screens/lab.tsx')).LabScreen),
  light: lazy(async () => (await import('./screens/light.tsx')).LightScreen),
} as const;

const TAB_ICONS: Readonly<Record<Tab, IconName>> = {
  teach: 'camera',
  check: 'target',
  deeper: 'deeper',
  use: 'play',
  keep: 'share',
};

export function Shell({ app }: { readonly app: App }) {
  const main = useRef<HTMLElement>(null);
  useFollowRoute(app, main);
  const to = route.value;
  const tabs = to.screen === 'project' ? <Tabs to={to} /> : null;
  return (
    <AppContext.Provider value={app}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place on this page; the fragment is the route. */}
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {text.value.shell.skip}
      </a>
      <div class={`shell ${to.screen === 'project' ? 'with-tabs' : ''}`}>
        {to.screen === 'home' && <HomeHeader />}
        {to.screen === 'project' && <ProjectHeader open={app.open.value}>{tabs}</ProjectHeader>}
        {to.screen !== 'home' && to.screen !== 'project' && <BackHeader />}
        <StatusBar />
        <main id="main" tabIndex={-1} ref={main}>
          <ErrorBoundary key={hrefOf(to)}>
            <Screen app={app} to={to} />
          </ErrorBoundary>
        </main>
      </div>
      <Toasts />
      <p role="status" class="visually-hidden">
        {announcement.value}
      </p>
    </AppContext.Provider>
  );
}

/** Another screen is read from its heading on, and is what the browser's title says. */
function useFollowRoute(app: App, main: { readonly current: HTMLElement | null }): void {
  const last = useRef<string | null>(null);
  useSignalEffect(() => {
    const to = route.value;
    const here = hrefOf(to);
    const project = app.open.value?.project.value.title;
    document.title = [titleOf(to), to.screen === 'project' ? project : undefined, text.value.common.appName]
      .filter((part) => part !== undefined && part !== '')
      .join(' – ');
    if (last.current === here) return;
    const first = last.current === null;
    last.current = here;
    if (first) return;
    scrollTo(0, 0);
    requestAnimationFrame(() => main.current?.focus({ preventScroll: true }));
  });
}

function titleOf(to: Route): string | undefined {
  const { common, inbox, settings, shell } = text.value;
  switch (to.screen) {
    case 'home':
    case 'new':
    case 'last':
      return undefined;
    case 'project':
      return isBehind(to.tab) ? shell.titles[to.tab] : common.tabs[to.tab];
    case 'inbox':
      return inbox.title;
    case 'settings':
      return settings.title;
    case 'trunk':
      return shell.titles.trunk;
    case 'connect':
      return shell.titles.connect;
    default:
      return to satisfies never;
  }
}

function Screen({ app, to }: { readonly app: App; readonly to: Route }) {
  switch (to.screen) {
    case 'home':
      return <HomeScreen />;
    case 'new':
    case 'last':
      // main.tsx leads on from here.
      return null;
    case 'inbox':
      return <InboxScreen />;
    case 'settings':
      return <SettingsScreen />;
    case 'trunk':
      return <TrunkScreen />;
    case 'connect':
      return <ConnectScreen link={to.link} />;
    case 'project': {
      const open = app.open.value;
      const ProjectScreen = PROJECT_SCREENS[to.tab];
      return open === null ? (
        <p class="screen note" aria-busy="true">
          {text.value.shell.opening}
        </p>
      ) : (
        <ProjectScreen open={open} />
      );
    }
    default:
      return to satisfies never;
  }
}

function isBehind(tab: Tab | Behind): tab is Behind {
  return tab in BEHIND;
}

function Tabs({ to }: { readonly to: Extract<Route, { screen: 'project' }> }) {
  const at = isBehind(to.tab) ? BEHIND[to.tab] : to.tab;
  return (
    <nav class="tabs" aria-label={text.value.shell.screens}>
      {TABS.map((tab) => (
        <a
          key={tab}
          href={hrefOf({ ...to, tab })}
          aria-current={tab !== at ? undefined : at === to.tab ? 'page' : 'true'}
        >
          <Icon name={TAB_ICONS[tab]} />
          <span>{text.value.common.tabs[tab]}</span>
        </a>
      ))}
    </nav>
  );
}
