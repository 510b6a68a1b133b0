// The Deeper screen with the trunk that comes with the app, for tests of fine-tuning, and how a person finds things on it.
import { h } from 'preact';
import * as v from 'valibot';
import { expect, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { OpenProject } from '../../../app/project/open-project.ts';
import type { FeatureSpace } from '../../../app/storage/schema.ts';
import { more } from '../../../app/text/more.ts';
import { DeeperScreen } from '../../../app/ui/screens/deeper.tsx';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { fakeApp } from './fake-app.ts';
import { readFile } from './files.ts';
import { COST } from './fine-tune.ts';
import { type FakeOpenProject, fakeOpenProject, judged, trainedOn } from './open-project.ts';
import { aProject } from './records.ts';
import { named, show } from './screens.ts';

const file = await readFile('models/mobilenet-v2/manifest.json');
export const manifest = v.parse(ModelManifest, JSON.parse(new TextDecoder().decode(file)));
export const project = aProject();
export const { examples, heldOut } = judged(
  project,
  Array.from({ length: 20 }, (_, i) => [i % 2, i === 0 ? 1 : i % 2] as const),
);
const live = trainedOn(project, heldOut);
/** Right about all of 12 photos held back. */
export const tuned = trainedOn(
  project,
  heldOut.slice(1, 13).map((answer) => ({ ...answer })),
  { kind: 'softmax' },
);

export interface Screen {
  readonly root: HTMLElement;
  readonly open: FakeOpenProject;
}

export function deeperScreen(
  actions: Partial<OpenProject> = {},
  { trunk = manifest, given = examples } = {},
): Screen {
  const open = fakeOpenProject(project, {
    examples: given,
    live,
    actions: { fineTuneCost: async () => COST, ...actions },
  });
  return { open, root: showAgain(open, trunk) };
}

export function showAgain(open: OpenProject, trunk = manifest): HTMLElement {
  const { app, status } = fakeApp();
  status.value = { state: 'ready', manifest: trunk, backend: 'wasm', space: 'space' as FeatureSpace };
  const root = show(app, h(DeeperScreen, { open }));
  root.querySelector('.tune-plan')?.scrollIntoView();
  return root;
}

export const lineOf = (root: HTMLElement): HTMLInputElement => {
  const line = root.querySelector<HTMLInputElement>('.tune-line input');
  if (line === null) throw new Error('There is no line.');
  return line;
};
export const saidBy = (line: HTMLElement) => line.getAttribute('aria-valuetext');
export const waitForWords = (root: HTMLElement, some: string) =>
  vi.waitFor(() => expect(root.textContent).toContain(some));
/** With the keyboard. */
export async function press(line: HTMLInputElement, ...keys: readonly string[]): Promise<void> {
  line.focus();
  await userEvent.keyboard(keys.map((key) => `{${key}}`).join(''));
}
export function choose(root: HTMLElement, layer: string): void {
  const select = root.querySelector('select');
  if (select === null) throw new Error('There is no choice.');
  select.value = layer;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}
export function startButton(root: HTMLElement): HTMLButtonElement {
  const found = named(root, more.value.fineTune.start);
  if (!(found instanceof HTMLButtonElement)) throw new Error('It is no button.');
  return found;
}
export const value = (frozen: string, first: string, last: string) =>
  more.value.fineTune.stack.value(frozen, more.value.fineTune.stack.range(first, last));
