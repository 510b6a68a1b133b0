// The frame of every screen: header, the screen of the route, the tabs of a project, toasts and the status region.
import { type App, AppContext } from '../app.ts';
import { text } from '../text/text.ts';
import { announcement } from './announce.ts';
import { Toasts } from './parts/toasts.tsx';
import { hrefOf, type Route, route, TABS } from './router.ts';
import { CheckScreen } from './screens/check.tsx';
import { ConnectScreen } from './screens/connect.tsx';
import { DeeperScreen } from './screens/deeper.tsx';
import { HomeScreen } from './screens/home.tsx';
import { InboxScreen } from './screens/inbox.tsx';
import { KeepScreen } from './screens/keep.tsx';
import { SettingsScreen } from './screens/settings.tsx';
import { TeachScreen } from './screens/teach.tsx';
import { TrunkScreen } from './screens/trunk.tsx';
import { UseScreen } from './screens/use.tsx';

const PROJECT_SCREENS = {
  teach: TeachScreen,
  check: CheckScreen,
  deeper: DeeperScreen,
  use: UseScreen,
  keep: KeepScreen,
} as const;

export function Shell({ app }: { readonly app: App }) {
  return (
    <AppContext.Provider value={app}>
      <main id="main" tabIndex={-1}>
        <Screen app={app} to={route.value} />
      </main>
      {route.value.screen === 'project' && <Tabs to={route.value} />}
      <Toasts />
      <p role="status" class="visually-hidden">
        {announcement.value}
      </p>
    </AppContext.Provider>
  );
}

function Screen({ app, to }: { readonly app: App; readonly to: Route }) {
  switch (to.screen) {
    case 'home':
      return <HomeScreen />;
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
      return open === null ? null : <ProjectScreen open={open} />;
    }
    default:
      return to satisfies never;
  }
}

function Tabs({ to }: { readonly to: Extract<Route, { screen: 'project' }> }) {
  return (
    <nav class="tabs">
      {TABS.map((tab) => (
        <a key={tab} href={hrefOf({ ...to, tab })} aria-current={tab === to.tab ? 'page' : undefined}>
          {text.value.common.tabs[tab]}
        </a>
      ))}
    </nav>
  );
}
