import { describe, expect, it } from 'vitest';
import type { ProjectId } from '../../../../app/storage/schema.ts';
import { go, hrefOf, parseRoute, type Route, route, TABS } from '../../../../app/ui/router.ts';

const PROJECT = '0a1b2c3d-0000-4000-8000-000000000000' as ProjectId;

const ROUTES: readonly Route[] = [
  { screen: 'home' },
  { screen: 'new' },
  { screen: 'last' },
  { screen: 'inbox' },
  { screen: 'settings' },
  { screen: 'trunk' },
  { screen: 'connect', link: null },
  { screen: 'connect', link: 'AB/CD 12?' },
  ...[...TABS, 'lab' as const, 'light' as const].map((tab) => ({
    screen: 'project' as const,
    project: PROJECT,
    tab,
  })),
];

describe('a route', () => {
  it.each(ROUTES)('is what its own address says: $screen $tab', (to) =>
    expect(parseRoute(hrefOf(to))).toEqual(to),
  );

  it.each([
    ['nothing', ''],
    ['a bare #', '#'],
    ['an unknown screen', '#/gardens'],
    ['a project without an id', '#/p/'],
    ['what is no valid escape', '#/%E0%A4%A'],
  ])('leads home from %s', (_, fragment) => expect(parseRoute(fragment)).toEqual({ screen: 'home' }));

  it('opens a project at Teach when the tab is not known', () =>
    expect(parseRoute(`#/p/${PROJECT}/dig`)).toEqual({ screen: 'project', project: PROJECT, tab: 'teach' }));

  it('does without what a launcher adds behind a question mark', () =>
    expect(parseRoute('#/new?source=shortcut')).toEqual({ screen: 'new' }));
});

describe('go', () => {
  const at = (screen: string) => expect.poll(() => route.value.screen).toBe(screen);

  it('changes the address and the route, and back is back', async () => {
    go({ screen: 'settings' });
    await at('settings');
    go({ screen: 'trunk' });
    await at('trunk');
    expect(location.hash).toBe('#/trunk');
    history.back();
    await at('settings');
  });

  it('leaves no entry in the history when it replaces', async () => {
    go({ screen: 'settings' });
    await at('settings');
    const before = history.length;
    go({ screen: 'home' }, { replace: true });
    await at('home');
    expect(history.length).toBe(before);
  });
});
