import { h } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import type { FeatureSpace, ProjectRecord } from '../../../../../app/storage/schema.ts';
import type { Storage } from '../../../../../app/storage/storage.ts';
import { setLanguage } from '../../../../../app/text/text.ts';
import { TrunkScreen } from '../../../../../app/ui/screens/trunk.tsx';
import { TrunkFacts } from '../../../../../app/ui/trunk/facts.tsx';
import { fakeApp } from '../../../support/fake-app.ts';
import { MANIFEST } from '../../../support/manifest.ts';
import { aProject } from '../../../support/records.ts';
import { problems, show } from '../../../support/screens.ts';

afterEach(() => setLanguage('en'));

function facts(manifest = MANIFEST): { readonly root: HTMLElement; readonly said: Record<string, string> } {
  const root = show(fakeApp().app, h(TrunkFacts, { manifest }));
  const said = [...root.querySelectorAll('dt')].map(
    (name) => [name.textContent, name.nextElementSibling?.textContent ?? ''] as const,
  );
  return { root, said: Object.fromEntries(said) };
}

describe('the facts of the trunk', () => {
  it('are those of its manifest', () => {
    const { said } = facts();
    expect(said.Input).toContain('values −1 to 1');
    expect(said.Parameters).toContain('12.3 thousand');
    expect(said['Multiply-adds to the cut']).toContain('1.5 million');
    expect(said['Multiply-adds to the cut']).toContain('Cut at relu_1: 96 features.');
    expect(said.BatchNorm).toBe('2 layersMean and variance of 128 channels.');
    expect(said.Download).toMatch(/^2.5 kB/);
    expect(said['Digest of the trunk']).toBe('abababab…abab');
  });

  it('lead to the licence, and to the package it came from', () => {
    const links = [...facts().root.querySelectorAll('a')].map((link) => link.getAttribute('href'));
    expect(links).toContain('/models/tiny/LICENSE');
    expect(links).toContain('https://www.npmjs.com/package/@scope/some-package');
  });

  it('make no link of a source that is no package', () => {
    const { root } = facts({ ...MANIFEST, source: 'javascript:alert(1)' });
    expect(root.textContent).toContain('javascript:alert(1)');
    expect(root.querySelector('a[href^="javascript"]')).toBeNull();
  });
});

/** @param last the project that was open last */
function anApp(last: ProjectRecord | null = null) {
  const setting = (async () => last?.id ?? null) as Storage['setting'];
  return fakeApp({ storage: { setting, project: async () => last } });
}

describe('the trunk', () => {
  it.each(['en', 'de'] as const)('has nothing that axe finds wrong (%s)', async (language) => {
    await setLanguage(language);
    const { app } = anApp();
    expect(await problems(show(app, h(TrunkScreen, {})))).toEqual([]);
  });

  it('says which pair of flags makes statistics move: one of four', () => {
    const { app } = anApp();
    const rows = [...show(app, h(TrunkScreen, {})).querySelectorAll('.trunk-modes tbody tr')];
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ['yes', 'yes', 'these pictures', 'move', 'learn'],
      ['yes', 'no', 'what is stored', 'stay', 'learn'],
      ['no', 'yes', 'what is stored', 'stay', 'stay'],
      ['no', 'no', 'what is stored', 'stay', 'stay'],
    ]);
  });

  it('explains itself before the model is here, and shows the figures when it comes', async () => {
    const { app, status } = anApp();
    const root = show(app, h(TrunkScreen, {}));
    expect(root.textContent).toContain('The figures appear when the model is here.');
    status.value = { state: 'ready', manifest: MANIFEST, backend: 'wasm', space: 'tiny' as FeatureSpace };
    await expect.poll(() => root.querySelector('dl')?.textContent).toContain('tiny');
    // Nothing is kept of this trunk, and no server has it.
    await expect.poll(() => root.querySelector('[role=alert]')?.textContent).not.toBeUndefined();
  });

  it('leads to the lab of the project that was open last, and nowhere without one', async () => {
    const project = aProject();
    const root = show(anApp(project).app, h(TrunkScreen, {}));
    await expect
      .poll(() => root.querySelector('a[href$="/lab"]')?.getAttribute('href'))
      .toContain(project.id);
    const without = show(anApp().app, h(TrunkScreen, {}));
    expect(without.querySelector('a[href$="/lab"]')).toBeNull();
  });
});
